"""Releases that are played in a local AWS of their own, so that roles do all that they are there for."""
