"""Attacks and outages that take minutes; continuous integration alone runs them."""
