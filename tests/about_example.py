"""Which test files are about the service that is shipped as the example: they, or files that they use, name it.

Where the settings have no such service, these are left out: the others hold for any system.
"""

import re
from functools import cache
from pathlib import Path

from settings import project
from settings.root import PROJECT_ROOT, SETTINGS_FILE

_NAMES = re.compile("cruddur|backend.?flask", re.IGNORECASE)
_IMPORTED = re.compile(r"^(?:from|import) (tests(?:\.\w+)+)(?: import ([\w, ]+))?", re.MULTILINE)
_EXAMPLE = "backend-flask"


@cache
def example_is_there() -> bool:
    """Return whether the settings have the example's service, and its folder is there."""
    folders = [one.delivered.folder for one in project.load(SETTINGS_FILE).services]
    return _EXAMPLE in folders and (PROJECT_ROOT / _EXAMPLE).is_dir()


@cache
def is_about_example(path: Path) -> bool:
    """Return whether a test file needs the example."""
    seen, waiting = {path}, [path]
    while waiting:
        file = waiting.pop()
        text = file.read_text("utf-8")
        if file != Path(__file__) and _NAMES.search(text):
            return True
        others = [other for other in _used(file, text) if other not in seen]
        seen.update(others)
        waiting += others
    return False


def _used(path: Path, text: str) -> list[Path]:
    """Return the files of `tests/` that a file imports, and those whose fixtures it may ask for."""
    names = [module for module, _ in _IMPORTED.findall(text)]
    names += [f"{module}.{name.strip()}" for module, several in _IMPORTED.findall(text) for name in several.split(",")]
    imported = [PROJECT_ROOT / f"{name.replace('.', '/')}.py" for name in names]
    fixtures = [folder / "conftest.py" for folder in path.parents if PROJECT_ROOT / "tests" in folder.parents]
    return [file for file in (*imported, *fixtures) if file.is_file()]
