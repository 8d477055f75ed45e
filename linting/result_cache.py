"""Remembers what was found in a template, so that the same bytes are not looked at twice.

A verdict is kept under the template's bytes and everything else that it depends on: the rules, their configuration, the
regions, the versions of the linters and of Python. Change any of them, and it is not found any more.
"""

import dataclasses
import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from reporting.findings import Finding, Severity
from settings import cache

FOLDER = cache.CACHE / "results"
KEPT = 2000
"""So many results are kept at most; the oldest go first."""


class ResultCache:
    """The results reached under ``conditions``: everything that they depend on besides the template."""

    def __init__(self, folder: Path, conditions: Iterable[bytes]) -> None:
        self._folder = folder
        self._conditions = hashlib.sha256()
        for condition in conditions:
            self._conditions.update(hashlib.sha256(condition).digest())

    def find(self, file: str, content: bytes) -> list[Finding] | None:
        """Return what was found in a template named ``file`` of these bytes, or ``None`` if it was never looked at."""
        try:
            remembered = json.loads(self._path(file, content).read_text("utf-8"))
            return [Finding(**{**item, "severity": Severity(item["severity"])}) for item in remembered]
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def remember(self, file: str, content: bytes, findings: Sequence[Finding]) -> None:
        """Keep a result."""
        cache.keep(self._path(file, content), json.dumps([dataclasses.asdict(item) for item in findings]))

    def forget_oldest(self) -> None:
        """Keep the folder from growing without end."""
        cache.forget_oldest(self._folder, KEPT)

    def _path(self, file: str, content: bytes) -> Path:
        key = self._conditions.copy()
        key.update(hashlib.sha256(os.fsencode(file)).digest())
        key.update(hashlib.sha256(content).digest())
        return self._folder / f"{key.hexdigest()}.json"
