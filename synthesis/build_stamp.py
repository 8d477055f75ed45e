"""Tells that nothing has changed since the templates were last made and found in order, without making them again.

The stamp holds a digest of every file that goes into the templates and into the verdict on them, and of what came out.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from linting.result_cache import cache_key
from settings.cache import CACHE, keep
from settings.root import PROJECT_ROOT
from synthesis.source_files import source_bytes
from system_model.repository import Conclusions, Repository, is_unchanged

FOLDER = CACHE / "templates"
LOCK = PROJECT_ROOT / "requirements.txt"


class BuildStamp:
    """The stamp of the folder ``output``, made from the file ``settings`` and linted for ``regions``."""

    def __init__(self, output: Path, settings: Path, regions: Sequence[str]) -> None:
        self._output = output
        self._path = FOLDER / f"{_digest([str(output.resolve()).encode()])[:16]}.json"
        self._rules = _digest(cache_key(regions))
        self._inputs = _digest([*source_bytes(), settings.read_bytes(), LOCK.read_bytes(), self._rules.encode()])

    @cached_property
    def _known(self) -> Mapping[str, Any]:
        try:
            known = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) and known.get("rules") == self._rules else {}

    @property
    def is_current(self) -> bool:
        """Whether the folder still holds, byte for byte, what was made from these inputs."""
        if self._known.get("inputs") != self._inputs:
            return False
        try:
            present = {path.name: _digest([path.read_bytes()]) for path in self._output.glob("*.json")}
        except OSError:
            return False
        return present == self._known["outputs"] and is_unchanged(PROJECT_ROOT, self._known["looked_at"])

    @property
    def conclusions(self) -> Conclusions:
        """What the same rules concluded from the repository's files."""
        found: Conclusions = self._known.get("conclusions", {})
        return found

    def remember(self, made: Mapping[str, bytes], repository: Repository) -> None:
        """Note that the folder now holds ``made``, found in order with what was looked at in ``repository``."""
        stamp = {
            "inputs": self._inputs,
            "rules": self._rules,
            "outputs": {name: _digest([content]) for name, content in made.items()},
            "looked_at": repository.looked_at,
            "conclusions": repository.conclusions,
        }
        keep(self._path, json.dumps(stamp))


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()
