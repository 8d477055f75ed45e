"""What somebody must be allowed to do, for everything that acts: pipelines, builds and their commands, tasks."""
