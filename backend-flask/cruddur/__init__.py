"""Cruddur's backend: short messages that expire, served as JSON from PostgreSQL."""
