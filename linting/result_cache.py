"""Remembers what was found in a template, so that the same bytes are not looked at twice.

A verdict is kept under the template's bytes and everything else that it depends on: the rules, their configuration, the
regions, the versions of the linters and of Python. Change any of them, and it is not found any more.
"""

import dataclasses
import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from reporting.findings import Finding, Severity
from settings import cache
from settings.installed import version_of
from settings.root import PROJECT_ROOT

CONFIGURATION = Path(__file__).with_name("cfnlintrc.yaml")
"""That of the project; plain cfn-lint and editors find it as ``.cfnlintrc``, a link to it."""
LINTERS = ("cfn-lint", "cloudformation-validate")
ROOMS = ("aws_facts", "system_model", "lint_rules", "linting", "buildspecs", "contracts")
"""The rooms of the rules, and of how they are run."""


def cache_key(regions: Sequence[str]) -> Iterator[bytes]:
    """Return the bytes of everything that the same template could be judged differently by."""
    yield sys.version.encode()
    yield " ".join(sorted(regions)).encode()
    for linter in LINTERS:
        yield f"{linter}=={version_of(linter)}".encode()
    yield CONFIGURATION.read_bytes()
    for file in rule_files():
        yield str(file.relative_to(PROJECT_ROOT)).encode()
        yield file.read_bytes()


def rule_files() -> list[Path]:
    """Return the files of the rules, in an order that is the same everywhere."""
    found = (file for folder in map(PROJECT_ROOT.joinpath, ROOMS) for file in folder.rglob("*"))
    return sorted(file for file in found if file.is_file() and "__pycache__" not in file.parts)


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
