"""`make bench-lint`: what a file takes as one process, and a folder of 200 beside as many processes, in one run.

The files are the good templates and buildspecs of the tests, each copy a little different: nothing is remembered.
Ratios are what to look at; seconds depend on the machine, and on what else it does.
"""

import itertools
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.measuring import parser_of
from reporting import command
from reporting.exit_codes import ExitCode
from reporting.terminal import Progress
from settings.root import PROJECT_ROOT

TEMPLATES, BUILDSPECS = "templates", "buildspecs"
GOOD = {TEMPLATES: PROJECT_ROOT / "tests/lint_rules/good", BUILDSPECS: PROJECT_ROOT / "tests/buildspecs/good"}
BARS = {TEMPLATES: 2.5, BUILDSPECS: 0.3}
"""Seconds within which 95 % of files are judged as one process."""
FOLDER_BAR, CORES_BAR = 0.5, 1.3
"""Of one process a file, what a file of a folder may take; processors at work on it, where there are two."""
MANY = 200


def main(words: Sequence[str]) -> ExitCode:
    """Measure, print one table, and tell by the exit code whether the bars are met."""
    chosen = parser_of("bin/bench-lint", __doc__, 2, "processes for each file").parse_args(words)
    figures = _figures(chosen.runs, Progress())
    if chosen.json:
        print(json.dumps(figures, indent=2))
    else:
        for name, value in figures.items():
            print(f"{name:<58} {value:>7.2f}")
    return ExitCode.CLEAN if _met(figures) else ExitCode.FINDINGS


def _figures(runs: int, progress: Progress) -> dict[str, float]:
    figures = {}
    one_by_one = []
    with tempfile.TemporaryDirectory(prefix="bench-lint-") as place:
        for kind, folder in GOOD.items():
            seconds = []
            for path in _copies(folder, Path(place, "one", kind), runs * len(list(folder.iterdir()))):
                progress.show(f"{kind}, a process each: {path.name}")
                seconds.append(_timed(path)[0])
            one_by_one.append(statistics.mean(seconds))
            figures[f"{kind}: seconds of 95 % as one process"] = statistics.quantiles(seconds, n=20)[-1]
        many = Path(place, "many")
        for kind, folder in GOOD.items():
            list(_copies(folder, many / kind, MANY // len(GOOD)))
        progress.show(f"{MANY} files in a folder")
        elapsed, processor = _timed(many)
    progress.clear()
    figures["folder: seconds a file"] = elapsed / MANY
    figures["folder: share of one process a file"] = elapsed / MANY / statistics.mean(one_by_one)
    figures["folder: processors at work"] = processor / elapsed
    return figures


def _copies(folder: Path, to: Path, count: int) -> Iterator[Path]:
    """Write ``count`` copies of the files of ``folder``, each with another comment or key."""
    to.mkdir(parents=True)
    for number, path in zip(range(count), itertools.cycle(sorted(folder.iterdir())), strict=False):
        text = path.read_text("utf-8")
        note = f"\n# {number}\n" if path.suffix != ".json" else "\n" * (number + 1)
        copy = to / f"{number}-{path.name}"
        copy.write_text(text + note, "utf-8")
        yield copy


def _timed(path: Path) -> tuple[float, float]:
    """Return the seconds that linting ``path`` takes by the clock, and of processors."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    words = [sys.executable, "-P", "-m", "linting", str(path)]
    subprocess.run(
        words,
        cwd=path.parent,
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    elapsed, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return elapsed, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _met(figures: dict[str, float]) -> bool:
    quick = all(figures[f"{kind}: seconds of 95 % as one process"] < bar for kind, bar in BARS.items())
    both = figures["folder: processors at work"] > CORES_BAR or (os.cpu_count() or 1) == 1
    return quick and both and figures["folder: share of one process a file"] < FOLDER_BAR


if __name__ == "__main__":
    sys.exit(command.run(main))
