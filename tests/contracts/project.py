"""The project's own templates and files, which a test may change before the contracts look at them."""

import copy
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from contracts.check import check
from reporting.findings import Finding
from settings.root import BUILD, PROJECT_ROOT
from system_model.repository import Repository

PIPELINE = "cruddur-backend-flask-pipeline.json"
SERVICE = "cruddur-backend-flask.json"
FOUNDATION = "cruddur-foundation.json"


@cache
def _built() -> Mapping[str, Any]:
    return {path.name: json.loads(path.read_text("utf-8")) for path in sorted(BUILD.glob("*.json"))}


@cache
def _of_this_project() -> Repository:
    """Return the files of this project, which no test changes, each read once."""
    return Repository(PROJECT_ROOT)


@dataclass
class Changed:
    """``templates`` by file name, and the folder ``root`` of the service's files; both may be changed."""

    root: Path
    templates: dict[str, Any]

    def resource(self, file: str, logical_id: str) -> Any:
        """Return the properties of a resource."""
        return self.templates[file]["Resources"][logical_id]["Properties"]

    def edit(self, file: str, found: str, put: str) -> None:
        """Replace a text that is in a file of the repository."""
        path = self.root / file
        text = path.read_text("utf-8")
        assert found in text, f"{found!r} is not in {file}"
        path.write_text(text.replace(found, put), "utf-8")

    def found(self) -> list[Finding]:
        """Return what the contracts find."""
        contents = {
            name: (json.dumps(template, indent=2, ensure_ascii=False) + "\n").encode()
            for name, template in self.templates.items()
        }
        return check(contents, _of_this_project() if self.root == PROJECT_ROOT else Repository(self.root))


def untouched() -> Changed:
    """Return the project as it is, its files where they lie: for changes of templates alone."""
    return Changed(PROJECT_ROOT, copy.deepcopy(dict(_built())))


def copied(folder: Path) -> Changed:
    """Return the project with a copy of the service's files in ``folder``."""
    ignored = shutil.ignore_patterns("__pycache__", ".*", "reports")
    for room in ("backend-flask", "bin"):
        shutil.copytree(PROJECT_ROOT / room, folder / room, ignore=ignored)
    return Changed(folder, copy.deepcopy(dict(_built())))
