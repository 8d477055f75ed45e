"""The service's own tests, against a real PostgreSQL."""
