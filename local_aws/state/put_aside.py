"""Puts a broken file aside, under a name that tells when."""

import time
from pathlib import Path


def put_aside(path: Path) -> Path:
    """Rename a file or folder to ``NAME.broken-DATE-TIME``, beside it; give the new path."""
    stem = f"{path.name}.broken-{time.strftime('%Y%m%d-%H%M%S')}"
    names = (stem, *(f"{stem}-{number}" for number in range(2, 100)))
    target = next(aside for aside in map(path.with_name, names) if not aside.exists())
    path.rename(target)
    return target
