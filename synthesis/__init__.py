"""The command `make templates`: settings to `build/`, checks included, and nothing half-written."""
