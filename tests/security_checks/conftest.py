"""Runs the security checks as a build does: in their own environment, on a tree of files."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from settings.root import PROJECT_ROOT
from tests.local_aws_fixture import LocalAws

ENVIRONMENT = PROJECT_ROOT / ".cache" / "security-checks"
SECONDS = 300


@dataclass(frozen=True)
class Outcome:
    """What a run came to: exit code, output, and ``results.json`` by the check's name."""

    code: int
    output: str
    results: Mapping[str, Any]
    files: Path

    def status(self, check: str) -> str:
        return str(self.results[check]["status"])

    def found(self, check: str) -> list[tuple[str, str]]:
        """Return the findings that are not waived, as id and place."""
        found = self.results[check]["findings"]
        return [(one["id"], one["place"]) for one in found if one["waived_until"] is None]


Check = Callable[..., Outcome]


@pytest.fixture(scope="session")
def tools() -> Path:
    made = subprocess.run([PROJECT_ROOT / "bin" / "setup", "security"], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    return ENVIRONMENT / "bin" / "python"


@pytest.fixture
def check(tools: Path, tmp_path: Path, local_aws: LocalAws) -> Check:
    """Run the checks on ``tmp_path / "source"``, whose service is in the folder ``service``."""

    def run(*words: str, **variables: str) -> Outcome:
        told = {
            "ADVISORY_SERVICE_URL": f"{local_aws.endpoint_url}/_advisories",
            "SERVICE_FOLDER": "service",
            "ALLOWED_LICENCES": "MIT;BSD License",
            "PYTHONPATH": str(PROJECT_ROOT),
        }
        source = tmp_path / "source"
        ended = subprocess.run(
            [tools, "-P", "-m", "security_checks", *words],
            cwd=source,
            env={**os.environ, **told, **variables},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        files = source / "reports" / "security"
        results = json.loads((files / "results.json").read_text()) if (files / "results.json").exists() else []
        assert "Traceback" not in ended.stderr
        return Outcome(ended.returncode, ended.stdout + ended.stderr, {one["check"]: one for one in results}, files)

    return run


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write a file of the source."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / "source" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return write


def listed(*words: str) -> subprocess.CompletedProcess[str]:
    """Run ``make waivers``' command."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "security_checks.waiver_list", *words],
        cwd=PROJECT_ROOT,
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
