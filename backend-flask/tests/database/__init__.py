"""Connections to PostgreSQL, and the commands that define it."""
