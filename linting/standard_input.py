"""A file that comes by standard input, as editors send one that is not saved."""

import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from linting.limits import LARGEST

NAME = "stdin"


@contextlib.contextmanager
def as_file(name: str) -> Iterator[Path]:
    """Keep what comes by standard input in a file for the time of ``with``; ``name`` tells what kind it may be."""
    with tempfile.TemporaryDirectory(prefix="lint-") as folder:
        path = Path(folder, Path(name).name or NAME)
        path.write_bytes(sys.stdin.buffer.read(LARGEST + 1))
        yield path
