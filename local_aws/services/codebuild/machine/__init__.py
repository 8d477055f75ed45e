"""The machine of a build: its folder, what it sees of this machine, and where its commands run."""
