"""Times whole processes, in turn, so that a machine whose speed drifts treats all of them alike."""

import argparse
import shlex
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reporting.command import argument_parser
from reporting.errors import FailedError

LAST_LINES = 40


def parser_of(program: str, description: str | None, runs: int, what: str) -> argparse.ArgumentParser:
    """Make the parser of a benchmark: it takes ``--runs``, of which ``what`` tells, and ``--json``."""
    made = argument_parser(program, description)
    made.add_argument("--runs", type=count, default=runs, metavar="N", help=f"{what} (default: {runs})")
    made.add_argument("--json", action="store_true", help="for machines")
    return made


def count(text: str) -> int:
    """Read a number of runs; what is not one raises what argparse turns into a sentence."""
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"found {text!r}; allowed is a number from 1 on")
    return int(text)


@dataclass(frozen=True)
class Measured:
    """One thing to time: ``prepare`` sets the scene and is not timed, ``command`` is."""

    name: str
    command: Sequence[str]
    prepare: Callable[[], None] = lambda: None


def shortest(things: Sequence[Measured], runs: int, folder: Path, tell: Callable[[str], None]) -> Mapping[str, float]:
    """Run each of ``things`` in turn, ``runs`` times over; gives the shortest time of each in seconds, by name.

    The shortest, since whatever else the machine does can only add, and adds more to what uses several cores.
    A command that does not end well raises ``FailedError``, with what it said last.
    """
    seconds: dict[str, list[float]] = {thing.name: [] for thing in things}
    for run in range(runs):
        for thing in things:
            tell(f"run {run + 1} of {runs}: {thing.name}")
            thing.prepare()
            started = time.monotonic()
            ran(thing.command, cwd=folder, stdin=subprocess.DEVNULL)
            seconds[thing.name].append(time.monotonic() - started)
    return {name: min(values) for name, values in seconds.items()}


def ran(command: Sequence[str], **options: Any) -> str:  # noqa: ANN401 - those of subprocess.run
    """Run a command, and return what it wrote; one that does not end well raises ``FailedError``, with what it said."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if done.returncode:
        said = [*done.stdout.splitlines(), *done.stderr.splitlines()][-LAST_LINES:]
        raise FailedError(f"{shlex.join(command)} ended with {done.returncode}:", *(said or ["it said nothing."]))
    wrote: str = done.stdout
    return wrote
