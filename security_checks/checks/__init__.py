"""The checks, one a file: each takes a ``Source`` and returns what it has ``Seen``, or raises ``NotCheckedError``."""
