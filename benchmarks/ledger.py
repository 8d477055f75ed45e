"""`make bench-ledger`: what the ledger adds to a release, on two local AWSes in turn, one of which keeps none.

A release here has a source and a build and needs no Docker; a longer one spreads the same ledger over more time. The
requests are sent one right after the other, which no release does: they show what is added at the worst. The verdict
counts the CPU time of the local AWS, for the clock on the wall wanders by more than what is measured.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from reporting import command
from reporting.errors import FailedError
from reporting.terminal import Progress
from tests.local_aws.permissions.release_place import Pipeline, pipeline_in
from tests.local_aws.permissions.release_template import NAME

SWITCH = "LOCAL_AWS_LEDGER"
BAR = 1.05
REQUESTS = 300
WITHOUT, WITH = "without", "with"
RELEASE, REQUEST = "a release", "a request"
WALL, CPU = "wall", "CPU"

Costs = tuple[float, float]
"""Seconds on the wall, and seconds of CPU that the local AWS took."""


def main(words: Sequence[str]) -> None:
    """Measure, and print one table."""
    parser = argparse.ArgumentParser(
        prog="bin/bench-ledger", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=7, metavar="N", help="the median of so many is shown (default: 7)")
    parser.add_argument("--json", action="store_true", help="for machines")
    chosen = parser.parse_args(words)
    progress = Progress()
    progress.show("starting two local AWSes, and releasing once on each ...")
    with tempfile.TemporaryDirectory(prefix="bench-ledger-") as folder, ExitStack() as stack:
        places = {kind: stack.enter_context(_place(Path(folder) / kind, kind)) for kind in (WITHOUT, WITH)}
        clients = {kind: _requests(place) for kind, place in places.items()}
        costs: dict[tuple[str, str], list[Costs]] = {}
        for run in range(chosen.runs):
            progress.show(f"run {run + 1} of {chosen.runs} ...")
            # Whoever comes second finds the machine warmer.
            for kind in (WITHOUT, WITH) if run % 2 else (WITH, WITHOUT):
                place = places[kind]
                costs.setdefault((RELEASE, kind), []).append(_cost(place, lambda place=place: _release(place)))  # type: ignore[misc]
                costs.setdefault((REQUEST, kind), []).append(_cost(place, clients[kind]))
    progress.clear()
    _show(_summed_up(costs), as_json=chosen.json)


@contextmanager
def _place(folder: Path, kind: str) -> Iterator[Pipeline]:
    folder.mkdir()
    os.environ[SWITCH] = "off" if kind == WITHOUT else "on"
    with pipeline_in(folder) as place:
        _release(place)
        yield place


def _release(place: Pipeline) -> None:
    execution, status = place.release()
    if status != "Succeeded":
        raise FailedError(f"The release {execution} ended as {status}.")


def _requests(place: Pipeline) -> Callable[[], None]:
    """Give what sends requests of the kinds of which a release makes most: is the build done, is the release done."""
    builds, pipelines = place.aws.client("codebuild"), place.aws.client("codepipeline")
    identifiers = builds.list_builds()["ids"][:1]

    def send() -> None:
        for _ in range(REQUESTS // 2):
            builds.batch_get_builds(ids=identifiers)
            pipelines.get_pipeline_state(name=NAME)

    return send


def _cost(place: Pipeline, act: Callable[[], None]) -> Costs:
    before, began = _cpu_seconds(place), time.monotonic()
    act()
    return time.monotonic() - began, _cpu_seconds(place) - before


def _cpu_seconds(place: Pipeline) -> float:
    """Give what the process of the local AWS took so far, without the builds and other programs that it started."""
    pid = json.loads((place.aws.state_folder / "process.json").read_text())["pid"]
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _summed_up(costs: Mapping[tuple[str, str], Sequence[Costs]]) -> Mapping[str, Mapping[str, Mapping[str, float]]]:
    """Give seconds by what was done, how it was counted, and whether with the ledger.

    On the wall it is the median; CPU, which the kernel counts in hundredths of a second, is the mean.
    """
    number = {RELEASE: 1, REQUEST: REQUESTS}
    return {
        what: {
            WALL: {kind: statistics.median(wall for wall, _ in costs[what, kind]) / many for kind in (WITHOUT, WITH)},
            CPU: {kind: statistics.mean(cpu for _, cpu in costs[what, kind]) / many for kind in (WITHOUT, WITH)},
        }
        for what, many in number.items()
    }


def _show(seconds: Mapping[str, Mapping[str, Mapping[str, float]]], *, as_json: bool) -> None:
    release = seconds[RELEASE]
    added = release[CPU][WITH] - release[CPU][WITHOUT]
    ratio = 1 + added / release[WALL][WITHOUT]
    if as_json:
        print(json.dumps({"seconds": seconds, "ratio": ratio, "bar": BAR, "met": ratio <= BAR}, indent=2))
        return
    print(f"{'milliseconds':22}{'without':>10}{'with':>10}{'ratio':>8}")
    for what, counted in seconds.items():
        for how, one in counted.items():
            row = f"{one[WITHOUT] * 1000:10.2f}{one[WITH] * 1000:10.2f}{one[WITH] / one[WITHOUT]:8.3f}"
            print(f"{f'{what}, {how}':22}{row}")
    print()
    verdict = "met" if ratio <= BAR else "missed"
    told = f"{added * 1000:.0f} ms of CPU on a release of {release[WALL][WITHOUT] * 1000:.0f} ms"
    print(f"bar {verdict}: the ledger adds {told}, which makes {ratio:.3f} of it; allowed is {BAR}")


if __name__ == "__main__":
    sys.exit(command.run(main))
