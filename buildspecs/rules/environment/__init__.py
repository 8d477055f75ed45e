"""The section `env`."""
