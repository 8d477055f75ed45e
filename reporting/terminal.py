"""What is shown on a terminal and left out everywhere else: colour, and a progress line that erases itself."""

import os
import sys
from typing import TextIO

STYLES = {"red": "31", "green": "32", "yellow": "33", "blue": "34", "grey": "90", "bold": "1"}
"""ECMA-48 graphic renditions by the name used in this project."""


def has_colour(stream: TextIO) -> bool:
    """Return whether ``stream`` is a terminal that wants colour (https://no-color.org)."""
    return stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def styled(text: str, style: str) -> str:
    """Return ``text`` in one of ``STYLES`` where standard output shows colour, else as it is."""
    if not has_colour(sys.stdout):
        return text
    return f"\x1b[{STYLES[style]}m{text}\x1b[0m"


class Progress:
    """One line on standard error that tells what is being done; on anything but a terminal it does nothing."""

    def __init__(self) -> None:
        self._shown = False

    def show(self, text: str) -> None:
        """Replace the line by ``text``."""
        if not sys.stderr.isatty():
            return
        width = max(20, os.get_terminal_size(sys.stderr.fileno()).columns - 1)
        sys.stderr.write(f"\r\x1b[2K{text[:width]}")
        sys.stderr.flush()
        self._shown = True

    def clear(self) -> None:
        """Take the line away, so that what is printed next starts on a clean one."""
        if self._shown:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
            self._shown = False


class WaitNotice:
    """Says on standard error what is waited for: always up to date on a terminal, now and then a line elsewhere."""

    FIRST, EVERY = 3.0, 10.0
    """Seconds until the first line, and between two lines, where there is no terminal."""

    def __init__(self) -> None:
        self._progress = Progress()
        self._next = self.FIRST

    def show(self, passed: float, text: str) -> None:
        """Say ``text`` after ``passed`` seconds of waiting."""
        if passed < self._next:
            return
        if sys.stderr.isatty():
            self._progress.show(text)
            return
        print(f"{text} ...", file=sys.stderr, flush=True)
        self._next = passed + self.EVERY

    def clear(self) -> None:
        """Take the line away from a terminal."""
        self._progress.clear()
