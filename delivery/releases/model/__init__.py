"""What the API says of pipelines, executions, builds and services, as frozen data."""
