"""The command itself, where no Docker engine answers: what it plays, what it says, and what it leaves alone."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from proofs.report import page, record
from settings.root import PROJECT_ROOT
from tests.bad_endpoints import refusing

NO_ENGINE = "tcp://127.0.0.1:1"
WITHOUT = "TestRole:ReadParameters"
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


@dataclass(frozen=True)
class Done:
    code: int
    output: str
    errors: str


def prove(*words: str, **environment: str) -> Done:
    process = subprocess.run(
        [sys.executable, "-P", "-m", "proofs", *words],
        cwd=PROJECT_ROOT,
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT), "DOCKER_HOST": NO_ENGINE, **environment},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    return Done(process.returncode, process.stdout, process.stderr)


@pytest.fixture(scope="module")
def before() -> Mapping[Path, bytes]:
    return {path: path.read_bytes() for path in (page.FILE, record.FILE)}


@pytest.mark.slow
def test_without_an_engine_and_behind_a_dead_proxy_it_says_what_could_not_be_played_and_writes_nothing(
    before: Mapping[Path, bytes],
) -> None:
    done = prove("--json", **dict.fromkeys(PROXIES, refusing()), NO_PROXY="", no_proxy="")
    assert done.code == 2, done
    told = json.loads(done.output)
    assert told["findings"] == []
    assert told["scenarios"]["played"] == ["first deploy", "failed test", "pull request"]
    assert set(told["scenarios"]["left_out"]) == {"first release", "roll-back", "unsigned image", "approval"}
    assert all("no Docker engine answers" in reason for reason in told["scenarios"]["left_out"].values())
    assert told["verdict"] == "Not proven: 4 scenarios could not be played."
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.slow
def test_without_a_statement_it_shows_where_the_release_ends_and_in_which_words() -> None:
    done = prove("--without", WITHOUT)
    assert done.code == 1, done
    first, *rest = done.output.splitlines()
    assert first == f"Without {WITHOUT}, scenario failed test fails."
    words = (
        "is not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:ca-central-1:000000000000:parameter/"
    )
    assert any("Test failed: Build terminated" in line and words in line for line in rest), done
    assert any(line.startswith("  refused: TestRole may not ssm:GetParameters on ") for line in rest)


@pytest.mark.parametrize("named", ["TestRole", "Nobody:ReadParameters"])
def test_what_is_no_statement_is_refused_in_one_sentence(named: str) -> None:
    done = prove("--without", named)
    assert done.code == 2
    assert done.output == ""
    assert done.errors.startswith(
        f"--without: found {named!r}; allowed is one of BackendFlaskExecutionRole:LogInToRegistry, "
    )
    assert done.errors.count("\n") == 1


def test_a_folder_without_templates_is_refused_in_one_sentence(tmp_path: Path) -> None:
    done = prove("--build", str(tmp_path))
    assert done.code == 2
    assert done.errors.count("\n") == 1
    assert str(tmp_path / "manifest.json") in done.errors
