"""Reaching PostgreSQL: connections, their limits, and the statements of sql/."""
