"""Findings as people and other programs want to read them: each module has ``render(findings, looked_at) -> str``."""
