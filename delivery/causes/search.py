"""Searches what was said for known causes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from delivery.causes.table import CAUSES, RELEASE, STACK

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
