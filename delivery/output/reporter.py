"""What a command tells while it works: for a person as text, for a machine as one JSON object a line."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from delivery.model.events import Event
from delivery.model.plan import StackPlan
from delivery.output import plan_table
from reporting.terminal import Progress, styled


class Reporter(Protocol):
    """Whoever is told."""

    def say(self, text: str, **facts: object) -> None:
        """Tell one sentence; ``facts`` are the same for a machine."""

    def problem(self, sentences: Sequence[str], *, failed: bool) -> None:
        """Report why the command ends without having done its work."""

    def plan(self, plan: StackPlan) -> None:
        """Report what would change."""

    def event(self, event: Event) -> None:
        """Report an event of a stack."""

    def progress(self, text: str) -> None:
        """Report what is being done just now; worth nothing afterwards."""

    def clear(self) -> None:
        """Make room for what others write."""


class TextReporter:
    """Tells a person: text on standard output, progress on a terminal."""

    def __init__(self) -> None:
        self._progress = Progress()

    def say(self, text: str, **facts: object) -> None:
        """Print the sentence."""
        del facts
        self._print(text)

    def problem(self, sentences: Sequence[str], *, failed: bool) -> None:
        """Make room: whoever ends the command prints the sentences on standard error."""
        del sentences, failed
        self._progress.clear()

    def plan(self, plan: StackPlan) -> None:
        """Print the plan as a table."""
        self._print("\n".join(plan_table.lines(plan)))

    def event(self, event: Event) -> None:
        """Print the event as a line; those that only repeat the one before are left out."""
        if event.reason in REPETITIONS:
            return
        style = "red" if "FAILED" in event.status or "ROLLBACK" in event.status else "grey"
        style = "green" if style == "grey" and event.status.endswith("_COMPLETE") else style
        reason = f"  {event.reason}" if event.reason else ""
        time = event.time.astimezone().strftime("%H:%M:%S")
        self._print(f"  {time}  {styled(f'{event.status:<20}', style)}  {event.logical_id}  {event.type}{reason}")

    def progress(self, text: str) -> None:
        """Show the line until something else is told."""
        self._progress.show(text)

    def clear(self) -> None:
        """Take the progress line away."""
        self._progress.clear()

    def _print(self, text: str) -> None:
        self._progress.clear()
        print(text, flush=True)


REPETITIONS = ("Resource creation Initiated", "Resource update Initiated")
"""Reasons of the second event that CloudFormation writes for the same beginning."""


class JsonReporter:
    """Tells a machine: one JSON object a line on standard output, its ``kind`` first."""

    def say(self, text: str, **facts: object) -> None:
        """Write the sentence and its facts."""
        self._write("notice", {"text": text, **facts})

    def problem(self, sentences: Sequence[str], *, failed: bool) -> None:
        """Write the sentences; ``failed`` tells a failure from a refusal."""
        self._write("problem", {"sentences": list(sentences), "failed": failed})

    def plan(self, plan: StackPlan) -> None:
        """Write the whole plan."""
        self._write("plan", asdict(plan))

    def event(self, event: Event) -> None:
        """Write the event."""
        self._write("event", asdict(event))

    def progress(self, text: str) -> None:
        """Leave out what is worth nothing afterwards."""

    def clear(self) -> None:
        """Have nothing to clear."""

    def _write(self, kind: str, content: dict[str, Any]) -> None:
        json.dump({"kind": kind, **content}, sys.stdout, ensure_ascii=False, default=_plain)
        print(flush=True)


def _plain(value: object) -> object:
    """Return what the JSON encoder does not know: data as tables, times as ISO 8601 in UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)
