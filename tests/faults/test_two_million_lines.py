"""A build that writes two million lines: whoever keeps or reads them stays small, answers meanwhile, starts at once."""

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Self

import pytest

from tests.delivery.project import Project
from tests.delivery.releases.release_project import ReleaseProject
from tests.local_aws_fixture import LocalAws, local_aws_in
from tests.support.waiting import until

LINES = 2_000_000
WRITE = (
    "python3 -c \"import sys; [sys.stdout.write(f'{i:07d} {i * 2654435761 % 4294967296:032x} compiled\\n')"
    f' for i in range({LINES})]"'
)
MOST_MEGABYTES, MOST_SECONDS, MOST_SECONDS_TO_START = 300, 1.0, 3.0
MOST_MEGABYTES_TO_READ = 200


@dataclass
class Watcher:
    """Asks the local AWS all the time how it does, until the block ends: its answers' times and its resident size."""

    aws: LocalAws
    pid: int
    ask: Callable[[], Any]
    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()
        return self

    def __exit__(self, *_nothing: object) -> None:
        self.done.set()
        self.thread.join()

    def _watch(self) -> None:
        while not self.done.wait(0.1):
            self.seconds.append(took(self.ask)[0])
            self.megabytes.append(resident_megabytes(self.pid))


def took(call: Callable[[], Any]) -> tuple[float, Any]:
    began = time.monotonic()
    answer = call()
    return time.monotonic() - began, answer


def resident_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


def pid_of(aws: LocalAws) -> int:
    return int(json.loads((aws.state_folder / "process.json").read_bytes())["pid"])


@pytest.fixture
def release(tmp_path: Path) -> Iterator[ReleaseProject]:
    with local_aws_in(tmp_path / "state") as started:
        made = ReleaseProject(Project(tmp_path, started))
        made.commit(WRITE, message="Talkative")
        made.deploy()
        yield made


@pytest.mark.timeout(900)
def test_a_build_of_two_million_lines(release: ReleaseProject, record_property: Callable[[str, object], None]) -> None:
    aws = release.project.aws
    codebuild, logs = release.client("codebuild"), release.client("logs")
    release.client("codepipeline").start_pipeline_execution(name=release.name)
    until(lambda: bool(codebuild.list_builds_for_project(projectName=release.name)["ids"]))
    (build,) = codebuild.list_builds_for_project(projectName=release.name)["ids"]

    def look() -> Any:
        (found,) = codebuild.batch_get_builds(ids=[build])["builds"]
        return found

    with Watcher(aws, pid_of(aws), look) as watcher:
        built, _ = took(lambda: until(lambda: look()["buildComplete"], seconds=400))
        kept = look()["logs"]
        where = {"logGroupName": kept["groupName"], "logStreamName": kept["streamName"]}
        reading, pages, read = read_all(lambda **more: logs.get_log_events(**where, startFromHead=True, **more))
        searching, _ = took(
            lambda: list(
                logs.get_paginator("filter_log_events").paginate(
                    logGroupName=where["logGroupName"], filterPattern='"1999999"'
                )
            )
        )
    shown, shown_megabytes = show_all(release)
    figures = {
        "resident MB of `logs` at most": round(shown_megabytes),
        "resident MB at most": round(max(watcher.megabytes)),
        "slowest answer s": round(max(watcher.seconds), 2),
        "slowest page s": round(max(pages), 2),
        "build s": round(built),
        "reading all s": round(reading),
        "searching all s": round(searching),
    }
    assert aws.run("stop").returncode == 0
    figures["restart s"] = round(took(lambda: aws.run("start", "--port", str(aws.port)))[0], 2)
    figures["resident MB after the restart"] = round(resident_megabytes(pid_of(aws)))
    figures["state MB"] = round(sum(one.stat().st_size for one in aws.state_folder.rglob("*") if one.is_file()) / 1e6)
    record_property("figures", figures)
    print(figures)
    assert look()["buildStatus"] == "SUCCEEDED"
    assert read == LINES
    assert shown == LINES
    assert shown_megabytes < MOST_MEGABYTES_TO_READ
    (last,) = aws.client("logs").get_log_events(**where, limit=1)["events"]
    assert "Phase context status code" in last["message"], "the log ends as CodeBuild's does"
    assert figures["resident MB at most"] < MOST_MEGABYTES
    assert max(*watcher.seconds, *pages) < MOST_SECONDS
    assert figures["restart s"] < MOST_SECONDS_TO_START


def read_all(get: Callable[..., Any]) -> tuple[float, list[float], int]:
    """Read a stream by its tokens; give the seconds that it took, those of each page, and how many lines are right."""
    began, pages, expected = time.monotonic(), [], count()
    token: dict[str, str] = {}
    right = 0
    while True:
        seconds, page = took(partial(get, **token))
        pages.append(seconds)
        lines = [event["message"] for event in page["events"] if event["message"].endswith(" compiled\n")]
        right += sum(line.startswith(f"{number:07d} ") for line, number in zip(lines, expected, strict=False))
        if token == {"nextToken": page["nextForwardToken"]}:
            return time.monotonic() - began, pages, right
        token = {"nextToken": page["nextForwardToken"]}


def show_all(release: ReleaseProject) -> tuple[int, float]:
    """Run ``logs``; give how many lines of the build it shows, and its own memory at most, in megabytes."""
    path = release.project.folder / "shown"
    with path.open("wb") as shown:
        process = subprocess.Popen(
            release.project.command("logs"),
            stdout=shown,
            cwd=release.project.folder,
            env=release.project.variables(),
        )
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    with path.open("rb") as lines:
        return sum(line.endswith(b" compiled\n") for line in lines), usage.ru_maxrss / 1024
