"""Corrects what the engines get wrong about templates that AWS accepts: one module a reason.

A module has ``IDS``, the findings that it looks at (all when empty), and ``corrected(finding, document)``, which
returns the finding, a milder one, or None for a false alarm.
"""
