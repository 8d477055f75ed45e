"""Findings as people and other programs want to read them: each module has ``written(findings, looked_at) -> str``."""
