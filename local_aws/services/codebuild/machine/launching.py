"""How the shell of a build starts its scripts, wherever they run."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Finished:
    """Exit status of a script, or the negative number of the signal that ended it; and what it printed, if captured."""

    status: int
    answer: str = ""


class Script(Protocol):
    """A script that runs."""

    def wait(self) -> Finished:
        """Wait for its end."""


class Launcher(Protocol):
    """Starts scripts of one build. What a command printed is worth no trust, nor is its status."""

    def start(self, command: Sequence[str], text: str, *, captured: bool) -> Script:
        """Start ``command`` with ``text`` as its input; its output goes to the build's log unless it is captured."""

    def show(self, folders: Iterable[Path]) -> None:
        """Have scripts see further folders of this machine; of no effect once one was started."""

    def kill(self) -> None:
        """Kill all that was started, and what that started; the next script starts anew."""

    def close(self) -> None:
        """Kill what is left and give back what was taken."""
