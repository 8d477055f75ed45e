"""Times whole processes, in turn, so that a machine whose speed drifts treats all of them alike."""

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measured:
    """One thing to time: ``prepare`` sets the scene and is not timed, ``command`` is."""

    name: str
    command: Sequence[str]
    prepare: Callable[[], None] = lambda: None


def shortest(things: Sequence[Measured], runs: int, folder: Path, tell: Callable[[str], None]) -> Mapping[str, float]:
    """Run each of ``things`` in turn, ``runs`` times over; gives the shortest time of each in seconds, by name.

    The shortest, since whatever else the machine does can only add, and adds more to what uses several cores.
    A command that does not end well raises ``subprocess.CalledProcessError``.
    """
    seconds: dict[str, list[float]] = {thing.name: [] for thing in things}
    for run in range(runs):
        for thing in things:
            tell(f"run {run + 1} of {runs}: {thing.name}")
            thing.prepare()
            started = time.monotonic()
            subprocess.run(thing.command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=True)
            seconds[thing.name].append(time.monotonic() - started)
    return {name: min(values) for name, values in seconds.items()}
