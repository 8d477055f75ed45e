"""Reads `config/`: what the system is made of (`project`) and where it goes (`environment`), typed and frozen."""
