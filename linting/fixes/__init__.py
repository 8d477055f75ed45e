"""Fixes what has one certain correction, in the file itself: one module a kind.

A module has ``IDS``, the findings that it fixes, and ``fixed(line, finding)``, which returns the line as it should be,
without its end, or None where it is not certain.
"""
