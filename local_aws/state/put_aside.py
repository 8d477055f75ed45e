"""Puts a broken file aside, under a name that tells when."""

import time
from pathlib import Path


def put_aside(path: Path, into: Path | None = None) -> Path:
    """Rename a file or folder to ``NAME.broken-DATE-TIME``, beside it or in another folder; give the new path."""
    folder = into or path.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stem = f"{path.name}.broken-{time.strftime('%Y%m%d-%H%M%S')}"
    names = (stem, *(f"{stem}-{number}" for number in range(2, 100)))
    target = next(aside for aside in map(folder.joinpath, names) if not aside.exists())
    path.rename(target)
    return target
