"""`bin/doctor --log`: the cause that a log names, logs that name none, and what is no log."""

import gzip
import json
import os
import resource
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from delivery.aws.errors import LONGEST_QUOTE
from tests.delivery.project import Project, Result

BUILD = """\
[Container] 2026/01/01 10:00:00.1 Entering phase BUILD
[Container] 2026/01/01 10:00:00.2 Running command docker build --tag web .
\x1b[31mERROR\x1b[0m: failed to solve: write /var/lib/docker/x: no space left on device
[Container] 2026/01/01 10:00:09.1 Command did not exit successfully docker build --tag web . exit status 1
[Container] 2026/01/01 10:00:09.2 Phase complete: BUILD State: FAILED
"""
STACK = """\
2026-01-01 Hook AWS::Lambda::Function CREATE_COMPLETE
2026-01-01 Topic AWS::SNS::Topic CREATE_FAILED Resource creation cancelled
2026-01-01 Images AWS::ECR::Repository CREATE_FAILED User: x is not authorized to perform: ecr:CreateRepository
2026-01-01 shop AWS::CloudFormation::Stack ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [Images].
"""
EVENTS_IN_ONE_LINE = json.dumps(
    [
        {
            "ResourceStatus": "ROLLBACK_IN_PROGRESS",
            "ResourceStatusReason": "The following resource(s) failed to create: [A].",
        },
        {"ResourceStatus": "CREATE_FAILED", "ResourceStatusReason": "Resource creation cancelled"},
        *({"ResourceStatus": "CREATE_COMPLETE", "LogicalResourceId": f"Topic{number}"} for number in range(99)),
        {"ResourceStatus": "CREATE_FAILED", "ResourceStatusReason": "shop-images already exists (Service: S3, ...)"},
    ]
)
EVENTS = """\
(service web) has started 1 tasks: (task 1a2b).
(service web) (port 4567) is unhealthy in (target-group x) due to (reason Health checks failed with these codes: [404])
(service web) has stopped 1 running tasks: (task 1a2b).
"""
LOGS: Mapping[str, tuple[str, str, int]] = {
    "build": (BUILD, "The disk is full", 3),
    "stack": (STACK, "The credentials that deploy lack a right", 3),
    "events": (EVENTS, "The load balancer's health check got the answer 404", 2),
    "events in one line": (EVENTS_IN_ONE_LINE, "A resource of this name is in the account already", 1),
    "action": (
        "Unable to use Connection: arn:x. The provided role does not have",
        "The connection to the repository",
        1,
    ),
    "reason": ("cruddur already exists in stack arn:aws:x", "A resource of this name is in the account already", 1),
}


def ask(project: Project, content: bytes | str, *words: str) -> Result:
    path = project.folder / "a.log"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return project.run("doctor", "--log", str(path), *words)


@pytest.mark.parametrize("kind", LOGS)
def test_the_cause_in_a_log_is_named_with_its_line(project: Project, kind: str) -> None:
    content, begins, number = LOGS[kind]

    shown, written = ask(project, content), ask(project, content, "--json")

    assert shown.code == written.code == 0
    assert shown.out.startswith(f"Likely cause: {begins}")
    assert f"line {number}: " in shown.out
    assert "\x1b" not in shown.out
    cause = written.of_kind("cause")[0]
    assert cause["says"].startswith(begins)
    assert cause["number"] == number
    assert cause["source"].startswith("https://")
    assert len(content) < LONGEST_QUOTE or "shop-images already exists" in cause["text"]


def test_a_log_without_a_known_cause_says_what_to_look_at(project: Project) -> None:
    content = "one\nmy own ERROR: the moon is full\nexit status 3\n"

    shown, written = ask(project, content), ask(project, content, "--json")

    assert shown.code == written.code == 1
    assert "names no known cause" in shown.out
    assert "line 2: my own ERROR: the moon is full" in shown.out
    assert written.of_kind("unknown-cause")[0]["lines"] == [{"number": 2, "text": "my own ERROR: the moon is full"}]


@pytest.mark.parametrize("coding", ["utf-16", "utf-8-sig"])
def test_a_log_is_read_in_the_codings_of_windows(project: Project, coding: str) -> None:
    assert ask(project, BUILD.replace("\n", "\r\n").encode(coding)).out.startswith("Likely cause: The disk is full")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b" \n\n", "it is empty"),
        (gzip.compress(BUILD.encode()), "it is not text"),
        (bytes(range(256)) * 100, "it is not text"),
    ],
)
def test_what_is_no_log_is_refused_in_a_sentence(project: Project, content: bytes, said: str) -> None:
    result = ask(project, content, "--json")

    assert result.code == 2
    assert said in result.err
    assert len(result.err.splitlines()) == 1
    assert said in result.of_kind("problem")[0]["sentences"][0]


def test_a_file_that_can_not_be_read_is_refused_in_a_sentence(project: Project) -> None:
    os.mkfifo(project.folder / "pipe")
    for name in ("missing.log", "build", "pipe", "a\0b"):
        result = project.run("doctor", "--log", str(project.folder / name))
        assert result.code == 2
        assert len(result.err.splitlines()) == 1


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (700 << 20, 700 << 20))


def test_a_very_long_log_is_searched_from_its_end_in_bounded_memory(project: Project) -> None:
    """It comes through a pipe, and the process may have less memory than the log is long, with what Python needs."""
    line = b"[Container] a line that says nothing of interest, again and again and again\n"
    with subprocess.Popen(
        project.command("doctor", "--log", "-"),
        env=project.variables(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=limited,  # noqa: PLW1509 - the test starts no threads
    ) as asked:
        assert asked.stdin is not None
        assert asked.stdout is not None
        for _ in range(100):
            asked.stdin.write(line * ((1 << 20) // len(line)))
        asked.stdin.write(BUILD.encode())
        asked.stdin.close()
        said = asked.stdout.read().decode()
    number = 100 * ((1 << 20) // len(line)) + 3

    assert asked.returncode == 0
    assert said.startswith("The log is long: only its end was searched, from line ")
    assert "Likely cause: The disk is full" in said
    assert f"line {number}: " in said


def test_the_log_has_no_name_for_the_environment_to_be_asked(project: Project, tmp_path: Path) -> None:
    """A cause is named without any AWS."""
    project.settings["endpoint_url"] = "http://127.0.0.1:9"
    assert ask(project, BUILD).code == 0
    assert tmp_path.is_dir()
