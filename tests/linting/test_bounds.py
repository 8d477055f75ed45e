"""`bin/lint` ends, within limits that it tells, whatever it is given; ended by a signal, it leaves no process."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from linting import limits
from linting.recognition.file_kinds import Kind
from linting.workers import GaveUp, Workers, answers
from settings.root import PROJECT_ROOT

pytestmark = pytest.mark.slow

SECONDS = 60
"""Far more than any of these takes, also on a machine that is busy with other tests."""
BOUNDED = 1024 * 1024
"""KiB of memory that no process of these comes near to."""
TOPIC = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n"
BUILD = "version: 0.2\nphases:\n  build:\n    commands:\n      - {}\n"


def lint(*words: str | bytes | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "linting", *words],
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        timeout=SECONDS,
        check=False,
    )


def bomb(*, merged: bool) -> str:
    """Return a few lines whose aliases stand for ten to the twelfth values."""
    lines = ["Metadata:", "  a0: &a0 {k: v}"]
    for level in range(1, 13):
        aliases = ", ".join([f"*a{level - 1}"] * 10)
        held = f"{{<<: [{aliases}]}}" if merged else f"[{aliases}]"
        lines.append(f"  a{level}: &a{level} {held}")
    return "\n".join([*lines, ""])


MANY = {f"Topic{number}": {"Type": "AWS::SNS::Topic"} for number in range(130_000)}
TOO_MUCH = {
    "alias.yaml": (bomb(merged=False) + TOPIC, "more than 100,000 keys and values"),
    "merge.yaml": (bomb(merged=True) + TOPIC, "more than 100,000 keys and values"),
    "merge-buildspec.yml": (BUILD.format("make") + bomb(merged=True), "more than 100,000 keys and values"),
    "many.json": (json.dumps({"Resources": MANY}), "larger than 1,048,576 bytes"),
    "many.yaml": (
        "Resources:\n" + "".join(f"  T{n}: {{Type: 'AWS::SNS::Topic'}}\n" for n in range(3000)),
        "3,000 resources",
    ),
    "long-buildspec.yml": (BUILD.format("x" * 2_000_000), "larger than 1,048,576 bytes"),
}


def test_what_is_too_much_is_one_finding_that_tells_the_limit(tmp_path: Path) -> None:
    for name, (content, _) in TOO_MUCH.items():
        (tmp_path / name).write_text(content)
    told = lint("--format", "json", tmp_path)
    assert (told.returncode, told.stderr) == (1, "")
    found = {Path(one["file"]).name: one["sentence"] for one in json.loads(told.stdout)["findings"]}
    assert {name: limit in found[name] for name, (_, limit) in TOO_MUCH.items()} == dict.fromkeys(TOO_MUCH, True)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < BOUNDED


def test_aliases_and_resources_within_the_limits_are_looked_at() -> None:
    few = "x: &x {Type: 'AWS::SNS::Topic'}\nResources:\n" + "".join(f"  T{n}: *x\n" for n in range(500))
    assert limits.beyond("few.yaml", Kind.TEMPLATE, few.encode()) is None
    itself = b"a: &a [*a]\nResources: *a"
    assert limits.beyond("itself.yaml", Kind.TEMPLATE, itself) is None
    assert limits.beyond("broken.yaml", Kind.TEMPLATE, b"a: &b [*c]\n\t- {") is None


STRANGE = (
    "mysql --" + "a-" * 20_000,
    "curl -" + "-" * 40_000,
    "echo" + "\n" * 40_000 + "x",
    "echo " + "${" * 40_000,
    "echo " + "1" * 40_000,
    "echo" + " " * 40_000 + "x",
    "cat " + "<<a " * 5_000,
    "echo " + "$(" * 5_000,
    "echo " + "`" * 20_000,
    "A=" * 20_000,
    "curl http://" + "a:" * 20_000,
    "a && " * 10_000 + "b",
    "echo " + "\\" * 20_000,
    "set -" + "x" * 40_000 + "!",
    "for " * 10_000,
)


def test_strange_commands_are_looked_at_in_a_moment(tmp_path: Path) -> None:
    for number, line in enumerate(STRANGE):
        (tmp_path / f"{number}-buildspec.yml").write_text(BUILD.format(json.dumps(line)))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = lint(tmp_path)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert "gave up" not in told.stdout
    assert told.stderr == ""
    assert after.ru_utime - before.ru_utime < len(STRANGE)


@pytest.fixture
def odd(tmp_path: Path) -> Iterator[Path]:
    """Make a folder of files that are none, and of links that lead in a circle."""
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    (tmp_path / "zeros.yaml").symlink_to("/dev/zero")
    (tmp_path / "around").symlink_to(tmp_path)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket.yaml"))
        yield tmp_path


def test_what_is_no_file_is_told_and_never_waited_for(odd: Path) -> None:
    names = {"pipe.yaml": "it is a pipe", "loop.yaml": "symbolic links", "zeros.yaml": "it is a device"}
    names["socket.yaml"] = "it is a socket"
    told = lint(*(odd / name for name in names), "/dev/tty")
    assert (told.returncode, told.stdout) == (2, "")
    lines = told.stderr.splitlines()
    assert len(lines) == len(names) + 1
    assert all(
        line.startswith(f"{odd / name}: ") and why in line
        for line, (name, why) in zip(lines, names.items(), strict=False)
    )


def test_a_template_beside_it_that_is_no_file_is_not_waited_for(odd: Path) -> None:
    stack = "{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./%s, Parameters: {A: b}}}"
    lines = [
        f"  Stack{number}: {stack % name}\n" for number, name in enumerate(("pipe.yaml", "zeros.yaml", "loop.yaml"))
    ]
    path = odd / "parent.template"
    path.write_text("Resources:\n" + "".join(lines))
    assert "gave up" not in lint(path).stdout


def test_standard_input_that_is_a_file_is_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "topic.yaml"
    path.write_text("Resources: {Topic: {Type: AWS::SNS::Nothing}}\n")
    with path.open() as file:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "linting", "/dev/stdin"],
            env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
            stdin=file,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    assert done.returncode == 1
    assert "AWS::SNS::Nothing" in done.stdout


def test_a_folder_is_searched_past_them_and_around_no_circle(odd: Path) -> None:
    (odd / "topic.yaml").write_text("Resources: {Topic: {Type: AWS::SNS::Nothing}}\n")
    told = lint("--format", "json", odd)
    assert json.loads(told.stdout)["looked_at"] == [str(odd / "topic.yaml")]


@pytest.mark.parametrize(
    ("form", "encoding"), [("pretty", "ascii"), ("json", "utf-8"), ("sarif", "latin-1"), ("junit", "utf-8")]
)
def test_a_name_that_is_not_utf_8_is_written_out(
    tmp_path: Path, form: str, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    folder = os.fsencode(tmp_path)
    for name, content in (
        (b"caf\xe9.yaml", "Resources: {Topic: {Type: AWS::SNS::Nothing}}\n"),
        (b"caf\xe9-buildspec.yml", "version: 0.2\nphases: {nothing: 1}\n"),
        ("überall.json".encode(), '{"Resources": {"\\ud800": {"Type": "€"}}}'),
    ):
        with open(folder + b"/" + name, "w", encoding="utf-8") as file:  # noqa: PTH123 - a name that Path takes no part of
            file.write(content)
    told = lint("--format", form, tmp_path)
    assert (told.returncode, told.stderr) == (1, "")
    assert "Nothing" in told.stdout
    told = lint("--format", form, folder + b"/caf\xe9.yaml", folder + b"/no\xff")
    assert told.returncode == 2
    assert "no\\udcff: no such file" in told.stderr


def _running(group: str) -> set[int]:
    """Return the processes whose environment has a mark."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if group.encode() in (folder / "environ").read_bytes():
                found.add(int(folder.name))
        except OSError:
            continue
    return found


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.skipif(sys.platform != "linux", reason="it looks for processes in /proc")
def test_ended_by_a_signal_it_leaves_no_process_running(tmp_path: Path, number: signal.Signals) -> None:
    content = json.dumps({"Resources": dict(list(MANY.items())[:990])})
    for name in ("one.json", "two.json"):
        (tmp_path / name).write_text(content.replace("Topic0", f"T{tmp_path.name[-4:]}{name[:3]}".replace("_", "")))
    mark = f"LINT_TEST={tmp_path.name}"
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "linting", tmp_path],
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT), "LINT_TEST": tmp_path.name},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + SECONDS
    while len(_running(mark)) < 4 and time.monotonic() < deadline:  # itself, the linters', and workers
        time.sleep(0.05)
    assert process.poll() is None
    process.send_signal(number)
    process.wait(SECONDS)
    deadline = time.monotonic() + 10
    while (left := _running(mark)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == set()


def _odd_work(task: str) -> str:
    while task == "spin":
        pass
    if task == "wait":
        time.sleep(SECONDS)
    if task == "grow":
        return "x" * (limits.MEMORY * 2)
    if task == "fail":
        raise ValueError(task)
    if task == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    return task.upper()


def test_a_worker_that_breaks_a_limit_is_replaced() -> None:
    with Workers(_odd_work, seconds=2) as workers:
        workers.give(["a", "spin", "grow", "b", "fail", "die", "c"])
        found = {task: answer for _, task, answer in answers(workers)}
    assert [found[task] for task in "abc"] == ["A", "B", "C"]
    assert found["spin"] == GaveUp("it was not done within 2 seconds of the processor")
    assert found["grow"] == GaveUp("it needs more than 4 GB of memory")
    assert found["fail"] == GaveUp("it failed with ValueError('fail')")
    assert found["die"] == GaveUp("it was ended by SIGKILL")


def test_a_worker_that_waits_for_ever_is_ended() -> None:
    with Workers(_odd_work, patience=1) as workers:
        workers.give(["wait", "a"])
        assert [answer for _, _, answer in answers(workers)] == [GaveUp("it was not done within 1 seconds"), "A"]
