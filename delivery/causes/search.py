"""Searches what was said for known causes: the table is the files of this folder, read once.

Each ``[[cause]]`` has a ``pattern`` (a regular expression in which ``^`` begins a line), the sentence ``says`` and the
``remedy`` (both may name groups of the pattern in braces), the page that tells more as ``source``, and an ``example``
of what the service says. Within a file, and from file to file of an order, special causes are before general ones.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent

STACK = ("account", "cloudformation", "stack_failures")
"""The files that are searched for why an operation on a stack failed, in this order."""

RELEASE = ("account", "source", "ecs", "codebuild", "registry", "codepipeline", "machine", "service", "general")
"""The same for a release."""

OF_PROGRAMS = ("machine", "service")
"""What programs write themselves."""


@dataclass(frozen=True)
class Cause:
    """A row of the table."""

    expression: re.Pattern[str]
    says: str
    remedy: str
    source: str


CAUSES = {
    path.stem: tuple(
        Cause(re.compile(row["pattern"], re.MULTILINE), row["says"], row["remedy"], row["source"])
        for row in tomllib.loads(path.read_text("utf-8"))["cause"]
    )
    for path in sorted(FOLDER.glob("*.toml"))
}
"""The rows of each file, by the file's name without its ending."""


FAILED_TESTS = "FAILED tests::"
"""What is said of a build whose report has failed tests; the table knows it."""

_GUIDE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide"


@dataclass(frozen=True)
class Found:
    """A cause with its words filled in. ``place`` is the offset in the text at which it was found."""

    says: str
    remedy: str
    source: str
    place: int = 0


OTHERWISE = Found(
    "The reason is AWS's own.",
    "The resource's page in the console, and CloudTrail's event history, show more.",
    f"{_GUIDE}/troubleshooting.html",
)
"""What is said of a failed stack where the cause is not known."""


def every(text: str, order: Sequence[str]) -> Iterator[Found]:
    """Yield the causes that ``text`` names, in the order of the table's files: the likely one is the first."""
    for file in order:
        for cause in CAUSES[file]:
            match = cause.expression.search(text)
            if match:
                words = {name: value or "" for name, value in match.groupdict().items()}
                yield Found(cause.says.format(**words), cause.remedy.format(**words), cause.source, match.start())


def most_telling(written: str, said: Sequence[str]) -> list[str]:
    """Return all texts, what tasks have ``written`` first where it names a cause, and otherwise last.

    Why a task stopped is often no more than that it ended or was not healthy: what it wrote tells the reason of that.
    """
    return [written, *said] if first([written], OF_PROGRAMS) else [*said, written]


def first(said: Sequence[str], order: Sequence[str] = RELEASE) -> Found | None:
    """Return the likely cause. The texts in ``said`` are searched one after another, the most telling first."""
    return next((found for text in said for found in every(text, order)), None)


def lines(said: Sequence[str]) -> list[str]:
    """Return the lines that name the likely cause of a failed release; none where it is not known."""
    found = first(said)
    return [f"Likely cause: {found.says}", f"What to do: {found.remedy} ({found.source})"] if found else []


def hint(reasons: Sequence[str]) -> str:
    """Return the line that says what to do about a failed stack; ``reasons`` are CloudFormation's own words."""
    found = first([" ".join(reasons)], STACK) or OTHERWISE
    return f"Hint: {found.says} {found.remedy} ({found.source})"
