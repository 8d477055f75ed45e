"""Files of `.cache/`, which only save time: each is written whole, and where none can be written, none is missed."""

import contextlib
import os
import tempfile
from pathlib import Path

from settings.root import PROJECT_ROOT

_IN_CHECKOUT = (PROJECT_ROOT / "pyproject.toml").is_file()
_OF_USER = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "pipeline-lint")  # noqa: PTH111 - does not fail where nobody has a home
CACHE = PROJECT_ROOT / ".cache" if _IN_CHECKOUT else _OF_USER
"""In the checkout, or, where the linter is installed as a package, in the user's own."""


def keep(path: Path, text: str) -> None:
    """Write ``text`` to ``path``, so that a reader finds all of it or nothing, whoever else writes the same file."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        number, beside = tempfile.mkstemp(prefix=f"{path.stem[:16]}-", suffix=".new", dir=path.parent)
        try:
            with os.fdopen(number, "w", encoding="utf-8") as file:
                file.write(text)
            Path(beside).replace(path)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise


def forget_oldest(folder: Path, kept: int) -> None:
    """Keep the files of ``folder`` from growing without end: the newest ``kept`` of them stay."""
    with contextlib.suppress(OSError):  # others tidy up too, and a folder that can't be written does not grow
        paths = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in paths[kept:]:
            path.unlink(missing_ok=True)
