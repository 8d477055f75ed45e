"""What a part of the local AWS adds to a release, on two local AWSes in turn, one of which is without it.

A release here has a source and a build and needs no Docker; a longer one spreads the same cost over more time. Requests
are sent one right after the other, which no release does: they show what is added at the worst. The verdict counts the
CPU time of the local AWS, for the clock on the wall wanders by more than what is measured.
"""

import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.measuring import parser_of
from reporting.errors import FailedError
from reporting.terminal import Progress
from tests.local_aws.iam.release_place import Pipeline, pipeline_in

BAR = 1.05
WITHOUT, WITH = "without", "with"
RELEASE = "a release"
WALL, CPU = "wall", "CPU"

Costs = tuple[float, float]
"""Seconds on the wall, and seconds of CPU that the local AWS took."""


@dataclass(frozen=True)
class Work:
    """What is done beside releases, ``times`` in a row: ``begin`` gives what does all of it in a place."""

    name: str
    times: int
    begin: Callable[[Pipeline], Callable[[], None]]


@dataclass(frozen=True)
class Subject:
    """What is measured: its name in a sentence, the environment variable that switches it off, and work beside."""

    name: str
    switch: str
    work: Sequence[Work]


def measure(subject: Subject, program: str, description: str | None, words: Sequence[str]) -> None:
    """Measure as ``words`` say, and print one table."""
    chosen = parser_of(program, description, 7, "the median of so many is shown").parse_args(words)
    progress = Progress()
    progress.show("starting two local AWSes, and releasing once on each ...")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, ExitStack() as stack:
        places = {kind: stack.enter_context(_place(Path(folder) / kind, subject, kind)) for kind in (WITHOUT, WITH)}
        work = {kind: _work(subject, place) for kind, place in places.items()}
        costs: dict[tuple[str, str], list[Costs]] = {}
        for run in range(chosen.runs):
            progress.show(f"run {run + 1} of {chosen.runs} ...")
            # Whoever comes second finds the machine warmer.
            for kind in (WITHOUT, WITH) if run % 2 else (WITH, WITHOUT):
                for name, act in work[kind].items():
                    costs.setdefault((name, kind), []).append(_cost(places[kind], act))
    progress.clear()
    _show(subject, _summed_up(subject, costs), as_json=chosen.json)


def _work(subject: Subject, place: Pipeline) -> Mapping[str, Callable[[], None]]:
    return {RELEASE: lambda: _release(place), **{work.name: work.begin(place) for work in subject.work}}


@contextmanager
def _place(folder: Path, subject: Subject, kind: str) -> Iterator[Pipeline]:
    folder.mkdir()
    os.environ[subject.switch] = "off" if kind == WITHOUT else "on"
    with pipeline_in(folder) as place:
        _release(place)
        yield place


def _release(place: Pipeline) -> None:
    execution, status = place.release()
    if status != "Succeeded":
        raise FailedError(f"The release {execution} ended as {status}.")


def _cost(place: Pipeline, act: Callable[[], None]) -> Costs:
    before, began = _cpu_seconds(place), time.monotonic()
    act()
    return time.monotonic() - began, _cpu_seconds(place) - before


def _cpu_seconds(place: Pipeline) -> float:
    """Return what the process of the local AWS took so far, without the builds and other programs that it started."""
    times = psutil.Process(place.aws.pid).cpu_times()
    return times.user + times.system


def _summed_up(
    subject: Subject, costs: Mapping[tuple[str, str], Sequence[Costs]]
) -> Mapping[str, Mapping[str, Mapping[str, float]]]:
    """Give seconds by what was done, how it was counted, and whether with the subject.

    On the wall it is the median; CPU, which the kernel counts in hundredths of a second, is the mean.
    """
    number = {RELEASE: 1, **{work.name: work.times for work in subject.work}}
    return {
        what: {
            WALL: {kind: statistics.median(wall for wall, _ in costs[what, kind]) / many for kind in (WITHOUT, WITH)},
            CPU: {kind: statistics.mean(cpu for _, cpu in costs[what, kind]) / many for kind in (WITHOUT, WITH)},
        }
        for what, many in number.items()
    }


def _show(subject: Subject, seconds: Mapping[str, Mapping[str, Mapping[str, float]]], *, as_json: bool) -> None:
    release = seconds[RELEASE]
    added = release[CPU][WITH] - release[CPU][WITHOUT]
    ratio = 1 + added / release[WALL][WITHOUT]
    if as_json:
        print(json.dumps({"seconds": seconds, "ratio": ratio, "bar": BAR, "met": ratio <= BAR}, indent=2))
        return
    print(f"{'milliseconds':26}{'without':>10}{'with':>10}{'ratio':>8}")
    for what, counted in seconds.items():
        for how, one in counted.items():
            row = f"{one[WITHOUT] * 1000:10.2f}{one[WITH] * 1000:10.2f}{one[WITH] / max(one[WITHOUT], 1e-9):8.3f}"
            print(f"{f'{what}, {how}':26}{row}")
    print()
    verdict = "met" if ratio <= BAR else "missed"
    told = f"{added * 1000:.0f} ms of CPU on a release of {release[WALL][WITHOUT] * 1000:.0f} ms"
    print(f"bar {verdict}: {subject.name} adds {told}, which makes {ratio:.3f} of it; allowed is {BAR}")
