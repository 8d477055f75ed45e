"""Executions as they are kept on disk."""
