"""Finds the causes that a log names, of whichever service it is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from delivery.aws.errors import LONGEST_QUOTE, quoted
from delivery.causes import search
from delivery.causes.search import RELEASE, STACK
from delivery.doctor.log_reader import Log

MOST_CAUSES = 4
MOST_LINES = 5
A_FEW_LINES = 5
"""So many lines are a reason that was copied, not a log."""

_OF_A_STACK = re.compile(
    r"_FAILED\b|ROLLBACK_(IN_PROGRESS|COMPLETE)|HandlerErrorCode|Resource handler returned|AWS::CloudFormation::"
)
"""What only CloudFormation writes, but for a build's own word for the state of a phase."""

_OF_A_BUILD = re.compile(r"^\[Container\] |\bPhase (complete|is): ?", re.MULTILINE)
_HARMLESS = re.compile(
    r"\b(CREATE|UPDATE|DELETE|IMPORT)_(COMPLETE|IN_PROGRESS)\b|Resource (creation|update) cancelled"
    r"|following resource\(s\) failed to"
)
"""Events of a stack that are no first cause."""

_RECORD = re.compile(r"[^{}\n]+")
"""A line, or one of the objects of JSON that stand in the same line."""

_BEFORE = 80
"""Characters of a very long line that are shown before what names the cause."""

_TELLING = re.compile(
    r"(?i)\b(error|fatal|failed|failure|exception|denied|refused|rejected|cannot|can't|unable|invalid|missing)\b"
)


@dataclass(frozen=True)
class Line:
    """A line of the log by its number, from 1, cut where it is very long."""

    number: int
    text: str


@dataclass(frozen=True)
class NamedCause:
    """A cause, and the line that names it."""

    line: Line
    cause: search.Found


def find(log: Log) -> list[NamedCause]:
    """Return the causes that the log names, the likely one first, each line's once."""
    text = "\n".join(log.lines)
    of_stack = _OF_A_STACK.search(text) is not None and not _OF_A_BUILD.search(text)
    if of_stack:
        text = _RECORD.sub(lambda record: " " * len(record[0]) if _HARMLESS.search(record[0]) else record[0], text)
        orders: list[tuple[str, ...]] = [(*STACK, *RELEASE[1:])]
    else:
        orders = [(*RELEASE, "cloudformation")]
        orders += [("stack_failures",)] if len(log.lines) <= A_FEW_LINES else []
    for order in orders:
        found = list(_one_a_line(log, text, order))
        if found:
            return found[:MOST_CAUSES]
    return []


def _one_a_line(log: Log, text: str, order: tuple[str, ...]) -> Iterator[NamedCause]:
    told: set[int] = set()
    for cause in search.every(text, order):
        index = text.count("\n", 0, cause.place)
        if index not in told:
            told.add(index)
            yield NamedCause(_line(log, index, cause.place - text.rfind("\n", 0, cause.place) - 1), cause)


def telling_lines(log: Log) -> list[Line]:
    """Return the first lines that speak of a fault; of a log without any, the last lines."""
    found = [index for index, line in enumerate(log.lines) if _TELLING.search(line)][:MOST_LINES]
    written = [index for index, line in enumerate(log.lines) if line.strip()]
    return [_line(log, index) for index in found or written[-MOST_LINES:]]


def _line(log: Log, index: int, at: int = 0) -> Line:
    """Return a line; of a very long one, the part around the character ``at``."""
    begin = at - _BEFORE if at > LONGEST_QUOTE else 0
    return Line(log.skipped + index + 1, f"{'... ' if begin else ''}{quoted(log.lines[index][begin:])}")
