"""What the commands about releases tell: to a person as lines, to a machine as one JSON object a line."""

import argparse
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Protocol

from delivery.output.reporter import JsonReporter, Reporter, TextReporter
from delivery.releases.model.execution import Attempt
from delivery.releases.model.target import Target, find
from delivery.releases.model.unanswered import nothing_begun
from delivery.releases.output import progress_view
from delivery.releases.output.progress_view import Picture
from reporting.errors import CannotRunError, FailedError
from reporting.printable import printable
from reporting.terminal import styled


class ReleaseReporter(Reporter, Protocol):
    """Whoever is told of a release; ``shows_logs`` says whether what builds write is worth reading for it."""

    shows_logs: bool

    def fact(self, kind: str, content: Mapping[str, object], text: str) -> None:
        """Report a thing found out: ``content`` for a machine, ``text`` for a person."""

    def attempt(self, attempt: Attempt) -> None:
        """Tell that a try of an action has begun or ended."""

    def log(self, action: str, lines: Sequence[str]) -> None:
        """Report what the build of an action wrote."""

    def show(self, shown: Picture) -> None:
        """Report how the execution stands at this moment; worth nothing afterwards."""


class LineTeller(TextReporter):
    """Tells a person who is not watching: a line for each change of state, and no logs."""

    shows_logs = False

    def fact(self, kind: str, content: Mapping[str, object], text: str) -> None:
        """Print the text."""
        del kind, content
        self.say(text)

    def attempt(self, attempt: Attempt) -> None:
        """Print the line of its state."""
        self.say(progress_view.attempt_line(attempt, datetime.now(UTC)))

    def log(self, action: str, lines: Sequence[str]) -> None:
        """Leave it out: a failure tells the lines that matter."""

    def show(self, shown: Picture) -> None:
        """Leave it out."""


class LogTeller(LineTeller):
    """Tells a person who asked for logs: every line, with where it comes from where that is not plain."""

    shows_logs = True

    def log(self, action: str, lines: Sequence[str]) -> None:
        """Print the lines."""
        start = f"{styled(f'{action} |', 'grey')} " if action else ""
        for line in lines:
            self.say(f"{start}{printable(line)}")


class LiveTeller(LineTeller):
    """Tells a person at a terminal: what happened scrolls by, and below it stands how the execution is now."""

    shows_logs = True

    def __init__(self) -> None:
        super().__init__()
        self._shown: Sequence[str] = ()

    def say(self, text: str, **facts: object) -> None:
        """Print the text above the picture."""
        shown = self._shown
        self.clear()
        super().say(text, **facts)
        self._draw(shown)

    def problem(self, sentences: Sequence[str], *, failed: bool) -> None:
        """Make room for the sentences."""
        self.clear()
        super().problem(sentences, failed=failed)

    def log(self, action: str, lines: Sequence[str]) -> None:
        """Print the lines above the picture, each with its action's name."""
        if lines:
            start = styled(f"{action} |", "grey")
            self.say("\n".join(f"{start} {printable(line)}" for line in lines))

    def show(self, shown: Picture) -> None:
        """Draw the picture in place of the one before."""
        lines = _fitting(progress_view.lines(shown))
        if lines != self._shown:
            self.clear()
            self._draw(lines)

    def progress(self, text: str) -> None:
        """Show the line in place of the picture."""
        self.clear()
        super().progress(text)

    def clear(self) -> None:
        """Take away what stands below."""
        super().clear()
        if self._shown:
            sys.stdout.write(f"\x1b[{len(self._shown)}F\x1b[J")
            sys.stdout.flush()
            self._shown = ()

    def _draw(self, lines: Sequence[str]) -> None:
        """Draw lines that can be taken away again."""
        self._shown = _fitting(lines)
        for line in self._shown:
            # Autowrap is off for the line: what does not fit is cut by the terminal, whatever colours are in it.
            sys.stdout.write(f"\x1b[?7l{line}\x1b[?7h\n")
        sys.stdout.flush()


class JsonReleaseTeller(JsonReporter):
    """Tells a machine, the logs included."""

    shows_logs = True

    def fact(self, kind: str, content: Mapping[str, object], text: str) -> None:
        """Write the content."""
        del text
        self._write(kind, dict(content))

    def attempt(self, attempt: Attempt) -> None:
        """Write the attempt."""
        self._write("action", asdict(attempt))

    def log(self, action: str, lines: Sequence[str]) -> None:
        """Write each line."""
        for line in lines:
            self._write("log", {"action": action, "line": line})

    def show(self, shown: Picture) -> None:
        """Leave it out: it holds nothing that was not told."""


def _fitting(lines: Sequence[str]) -> Sequence[str]:
    """Give no more lines than the terminal is high: what has scrolled away can't be drawn anew."""
    return list(lines)[-(shutil.get_terminal_size().lines - 1) :]


@contextmanager
def reached(options: argparse.Namespace, *, logs: bool = False) -> Iterator[tuple[Target, ReleaseReporter]]:
    """Return the pipeline that ``options`` name, and a teller, through which what a command can't do is told as well.

    ``logs``: what builds write was asked for, also where nobody watches.
    """
    teller = _teller(as_json=options.json, logs=logs)
    try:
        with nothing_begun(teller):
            target = find(options)
        yield target, teller
    except CannotRunError as error:
        teller.problem(error.sentences, failed=isinstance(error, FailedError))
        raise


def _teller(*, as_json: bool, logs: bool) -> ReleaseReporter:
    if as_json:
        return JsonReleaseTeller()
    if logs:
        return LogTeller()
    return LiveTeller() if sys.stdout.isatty() else LineTeller()
