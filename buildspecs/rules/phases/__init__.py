"""Phases, runtimes and what runs after what."""
