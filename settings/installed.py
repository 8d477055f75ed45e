"""Which version of a library is installed, without the 20 ms that `importlib.metadata` takes to say so."""

import sys
from pathlib import Path

from reporting.errors import CannotRunError


def version_of(library: str) -> str:
    """Return the version of ``library``, named as on the package index, from the folder that its installer wrote.

    https://packaging.python.org/en/latest/specifications/recording-installed-packages/
    """
    name = library.replace("-", "_").lower()
    for folder in (one for one in sys.path if one.endswith(("site-packages", "dist-packages"))):
        for path in Path(folder).glob(f"{name}-*.dist-info"):
            return path.name.removesuffix(".dist-info").removeprefix(f"{name}-")
    raise CannotRunError(f"{library} is not installed; remove .venv and run the command again.")
