"""Artifacts, reports and the files that deployments read."""
