"""Buildspecs: what is written in them (``reading``), and what is wrong with it. Nothing is run here."""
