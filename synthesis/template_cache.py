"""Remembers what a stack's settings were made into, so that only the stacks whose settings changed are made again.

What is remembered is kept under the settings that the template is made from and the bytes of everything that makes it.
"""

import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from settings import cache
from settings.installed import version_of
from synthesis.source_files import source_bytes
from templates_src.manifest import stack_entry
from templates_src.render import rendered
from templates_src.stacks import Stack

FOLDER = cache.CACHE / "stacks"
KEPT = 500
"""So many stacks are remembered at most; the oldest go first."""

LIBRARIES = ("troposphere", "awacs")


class TemplateCache:
    """What was made under the present source of `templates_src/` and the libraries it uses."""

    def __init__(self) -> None:
        self._source = hashlib.sha256(sys.version.encode())
        for library in LIBRARIES:
            self._source.update(f"{library}=={version_of(library)}".encode())
        for part in source_bytes():
            self._source.update(hashlib.sha256(part).digest())

    def made(self, stack: Stack) -> tuple[str, Mapping[str, Any]]:
        """Return the template of ``stack`` as text, and its entry of the manifest."""
        key = self._source.copy()
        key.update(repr((stack.name, stack.needs, stack.project, stack.service)).encode())
        path = FOLDER / f"{key.hexdigest()}.json"
        try:
            template, entry = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            return self._make(stack, path)
        return template, entry

    def forget_oldest(self) -> None:
        """Keep the folder from growing without end."""
        cache.forget_oldest(FOLDER, KEPT)

    def _make(self, stack: Stack, path: Path) -> tuple[str, Mapping[str, Any]]:
        template = stack.make()
        made = rendered(template), stack_entry(stack, template)
        cache.keep(path, json.dumps(made))
        return made
