"""`make bench-deploy`: how time and memory of a deployment grow with the number of services.

Each number of services goes into a local AWS of its own: all stacks made, again with nothing to change, and again after
a change of one service. The deployer's memory is the most that it ever had; the local AWS's is what it has at the end.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.measuring import LAST_LINES
from benchmarks.templates import copy_service, with_services
from reporting import command
from reporting.command import argument_parser
from reporting.errors import FailedError
from reporting.exit_codes import ExitCode
from reporting.terminal import Progress
from settings.root import PROJECT_ROOT
from tests.local_aws_fixture import local_aws_in
from tests.project_copy import ProjectCopy, copy_project

CHANGED = "cruddur-service-0"
"""The stack that a change of one service touches."""

BAR = 1.0
"""How much time and memory may grow, divided by how the number of services does, from the smallest number to each."""

MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Row:
    """What is measured, and in which unit."""

    name: str
    unit: str


ROWS = (
    Row("all stacks made", "s"),
    Row("nothing to change", "s"),
    Row("one service changed", "s"),
    Row("the deployer's memory", "MiB"),
    Row("the local AWS's memory", "MiB"),
)


def main(words: Sequence[str]) -> ExitCode:
    """Measure for each number of services and print one table; 1 where something grew faster than that."""
    parser = argument_parser("bin/bench-deploy", __doc__)
    parser.add_argument("--services", type=int, nargs="+", default=[1, 10, 50], metavar="N")
    chosen = parser.parse_args(words)
    progress, columns = Progress(), {}
    for count in sorted(set(chosen.services)):
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            columns[count] = _measure(count, Path(folder), progress)
    progress.clear()
    return _show(columns)


def _measure(count: int, folder: Path, progress: Progress) -> Mapping[str, float]:
    progress.show(f"{count} services: making the templates ...")
    project = copy_project(folder / "project")
    settings = project.root / "config" / "system.toml"
    settings.write_text(with_services(settings.read_text("utf-8"), count), "utf-8")
    copy_service(project.root, count)
    _make_templates(project)
    with local_aws_in(folder / "state") as aws:
        environment = aws.environment_file(folder / "here.toml", _parameters(count))
        seconds: list[float] = []
        memory = 0.0
        for row in ROWS[:3]:
            progress.show(f"{count} services: {row.name} ...")
            if row.name == "one service changed":
                _change_one(project)
            took, most = _deploy(project, environment, row.name)
            seconds.append(took)
            memory = max(memory, most)
        held = psutil.Process(aws.pid).memory_info().rss / MEBIBYTE
    return dict(zip((row.name for row in ROWS), [*seconds, memory, held], strict=True))


def _make_templates(project: ProjectCopy) -> None:
    done = project.run("bin/templates")
    if done.returncode:
        raise FailedError("The templates can't be made:", *(done.stdout + done.stderr).splitlines())


def _parameters(count: int) -> dict[str, str]:
    urls = {f"Service{number}FrontendUrl": "http://127.0.0.1:3000" for number in range(count)}
    return {
        **urls,
        "Protocol": "HTTP",
        "AwsCognitoUserPoolId": "ca-central-1_Rehearsal",
        "AwsCognitoUserPoolClientId": "5rehearsal5client",
    }


def _change_one(project: ProjectCopy) -> None:
    project.change("config/system.toml", "memory = 512", "memory = 1024")
    _make_templates(project)


def _deploy(project: ProjectCopy, environment: Path, what: str) -> tuple[float, float]:
    """Deploy; return the seconds that it took and the MiB that it had at most."""
    words = ["--build", str(project.root / "build"), "--environment", str(environment), "--json"]
    started = time.monotonic()
    running = subprocess.Popen(
        [sys.executable, "-P", "-m", "delivery", "deploy", *words],
        cwd=project.root,
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = running.stdout.read() if running.stdout else ""
    _, status, used = os.wait4(running.pid, 0)
    seconds = time.monotonic() - started
    running.returncode = os.waitstatus_to_exitcode(status)
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    changed = [line["stack"] for line in lines if line.get("changed") is True and "stack" in line]
    wanted = {"nothing to change": [], "one service changed": [CHANGED]}.get(what, changed)
    if running.returncode or changed != wanted:
        told = said.splitlines()[-LAST_LINES:]
        raise FailedError(f"{what}: ended with {running.returncode}, changed {changed or 'nothing'}:", *told)
    return seconds, used.ru_maxrss / 1024


def _show(columns: Mapping[int, Mapping[str, float]]) -> ExitCode:
    print(f"{'services':28}" + "".join(f"{count:>10}" for count in columns))
    for row in ROWS:
        print(f"{f'{row.name}, {row.unit}':28}" + "".join(f"{column[row.name]:10.1f}" for column in columns.values()))
    first = min(columns)
    print(f"\nGrowth from {first}, divided by that of the services; the bar is {BAR:g}:")
    missed = False
    for row in ROWS:
        ratios = [columns[count][row.name] / columns[first][row.name] / (count / first) for count in columns]
        missed = missed or any(ratio > BAR for ratio in ratios)
        print(f"{row.name:28}" + "".join(f"{ratio:10.2f}" for ratio in ratios))
    return ExitCode.FINDINGS if missed else ExitCode.CLEAN


if __name__ == "__main__":
    sys.exit(command.run(main))
