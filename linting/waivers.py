"""Comments that waive a finding where it is: ``# pipeline-lint: ignore=E9301 until=2027-03-31 reason=...``.

A waiver is about the line that it is in, or, alone in a line, about the next one; and about all that is indented below
that line. It has a reason and an end: after it, the finding is reported again.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reporting.findings import Finding, RuleText, Severity

MARK = "pipeline-lint:"
FORM = "# pipeline-lint: ignore=ID until=YYYY-MM-DD reason=why"
_COMMENT = re.compile(r"(?:^|\s)#\s*pipeline-lint:(?P<said>.*)$")
_SAID = re.compile(r"\s*ignore=(?P<ids>[EWIF]\d{4}(?:,[EWIF]\d{4})*)\s+until=(?P<until>\S+)\s+reason=(?P<reason>.*\S)")
_PAGE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/best-practices.html"


WRONG = RuleText(
    "E9901",
    "A waiver names ids, its end and its reason",
    "A waiver that can't be read waives nothing, and one without an end and a reason is never looked at again.",
    _PAGE,
)
ENDED = RuleText(
    "W9902",
    "A waiver has ended",
    "What it waived is reported again: fix it, or set a new date until which it may stay.",
    _PAGE,
)
UNUSED = RuleText(
    "I9903",
    "A waiver waives nothing",
    "The finding no longer occurs. A waiver that stays would hide it when it comes back.",
    _PAGE,
)
RULES = (WRONG, ENDED, UNUSED)


@dataclass
class Waiver:
    """A waiver in ``line``, about the lines from ``first`` to ``last``; all count from 1."""

    line: int
    first: int
    last: int
    ids: frozenset[str] = frozenset()
    until: dt.date | None = None
    used: bool = False

    def covers(self, finding: Finding, today: dt.date) -> bool:
        """Check whether it waives ``finding`` on the day ``today``; what is an error may be a warning elsewhere."""
        named = finding.id in self.ids or (finding.id[0] == "W" and f"E{finding.id[1:]}" in self.ids)
        here = named and self.first <= finding.line <= self.last
        return here and self.until is not None and today <= self.until


def apply(findings: Sequence[Finding], file: str, content: bytes, today: dt.date) -> list[Finding]:
    """Return what is left of a file's findings, with those about its waivers."""
    if MARK.encode() not in content:
        return list(findings)
    waivers = list(_waivers(content.decode("utf-8", "replace").splitlines()))
    left = []
    for finding in findings:
        covering = [one for one in waivers if one.covers(finding, today)]
        for one in covering:
            one.used = True
        left += [] if covering else [finding]
    return sorted([*left, *(fault for one in waivers for fault in _faults(one, file, today))])


def _faults(waiver: Waiver, file: str, today: dt.date) -> Iterator[Finding]:
    if waiver.until is None:
        yield _finding(WRONG, Severity.ERROR, file, waiver, "The waiver can't be read.", f"Write {FORM}.")
    elif waiver.until < today:
        sentence = f"The waiver of {', '.join(sorted(waiver.ids))} ended on {waiver.until}."
        yield _finding(ENDED, Severity.WARNING, file, waiver, sentence, "Fix what it waived, or set another end.")
    elif not waiver.used:
        sentence = f"Nothing here has the id {' or '.join(sorted(waiver.ids))}."
        yield _finding(UNUSED, Severity.INFORMATIONAL, file, waiver, sentence, "Remove the waiver.")


def _finding(rule: RuleText, severity: Severity, file: str, waiver: Waiver, sentence: str, remedy: str) -> Finding:
    return Finding(
        file, waiver.line, 1, rule.id, severity, sentence, remedy, title=rule.shortdesc, source=rule.source_url
    )


def _waivers(lines: Sequence[str]) -> Iterator[Waiver]:
    for number, line in enumerate(lines):
        comment = _COMMENT.search(line)
        if comment is None:
            continue
        first = number if line[: comment.start()].strip() else _next_line(lines, number)
        waiver = Waiver(number + 1, first + 1, _end(lines, first) + 1)
        said = _SAID.fullmatch(comment["said"])
        if said:
            waiver.ids = frozenset(said["ids"].split(","))
            try:
                waiver.until = dt.date.fromisoformat(said["until"])
            except ValueError:
                waiver.until = None
        yield waiver


def _next_line(lines: Sequence[str], number: int) -> int:
    """Return the next line that is more than a comment."""
    after = range(number + 1, len(lines))
    return next((one for one in after if lines[one].strip() and not lines[one].lstrip().startswith("#")), number)


def _end(lines: Sequence[str], first: int) -> int:
    """Return the last line that is indented below ``first``; a list's items may begin in its key's column."""
    depth, last = _depth(lines[first]), first
    in_list = not lines[first].lstrip().startswith("- ") and lines[first].rstrip().endswith(":")
    for number in range(first + 1, len(lines)):
        line = lines[number]
        if line.strip():
            deeper = _depth(line) > depth or (in_list and _depth(line) == depth and line.lstrip().startswith("- "))
            if not deeper:
                break
            last = number
    return last


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())
