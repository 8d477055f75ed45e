"""What a failed build tells: the phase that failed, its last lines, the tests that failed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from delivery.aws.errors import RefusedByAwsError
from delivery.aws.session import Aws
from delivery.releases.model.builds import Build
from delivery.releases.model.log_stream import LogStream
from reporting.printable import printable

LAST_LINES = 20
"""How many lines of the failed phase are told."""

SEARCHED_LINES = 10_000
"""How many of the build's last lines the failed phase is looked for in."""

MOST_TESTS = 10
MOST_LINES = 8
"""Lines of what one test says."""
FAILED_TESTS = ("FAILED", "ERROR")

_AGENT = re.compile(r"^\[Container\] \S+ \S+ (?P<said>.*)")
_END = re.compile(r"Phase (complete: (?P<phase>\S+)|context status code)")


@dataclass(frozen=True)
class FailedBuild:
    """``lines`` are the last of the failed phase; ``tests`` names failed tests, ``more_tests`` counts those besides.

    ``messages`` are what these tests say, line by line.
    """

    phase: str
    message: str
    lines: Sequence[str]
    tests: Sequence[str]
    more_tests: int
    messages: Sequence[str]


def read(aws: Aws, build: Build) -> FailedBuild:
    """Read what tells why ``build`` failed."""
    phase = build.failed.name if build.failed else ""
    written = LogStream(aws, build.group, build.stream).last(SEARCHED_LINES) if build.stream else []
    tests = _failed_tests(aws, build.reports)
    return FailedBuild(
        phase=phase,
        message=build.failed.message if build.failed else "",
        lines=lines_of(phase, [printable(line) for line in written])[-LAST_LINES:],
        tests=[name for name, _ in tests[:MOST_TESTS]],
        more_tests=max(0, len(tests) - MOST_TESTS),
        messages=[line for name, message in tests[:MOST_TESTS] for line in _message(name, message)],
    )


def _message(name: str, message: str) -> Sequence[str]:
    """Return what a test says, whole lines: a log has them cut to the width of a terminal that was not there."""
    lines = [printable(line) for line in message.splitlines() if line.strip()]
    return [f"{name}:", *(f"  {line}" for line in lines[:MOST_LINES])] if lines else []


def lines_of(phase: str, lines: Sequence[str]) -> Sequence[str]:
    """Return what was written in ``phase``, as far as ``lines`` go back; all lines where they don't say when it was.

    The marks are those of CodeBuild's own log, ``[Container] DATE TIME Entering phase BUILD``.
    """
    inside: list[str] | None = None
    for place, line in enumerate(lines):
        agent = _AGENT.match(line)
        said = agent["said"] if agent else ""
        if said == f"Entering phase {phase}":
            inside = []
        end = _END.match(said)
        if end and end["phase"] == phase:
            return lines[:place] if inside is None else inside
        if inside is not None and said != f"Entering phase {phase}":
            inside.append(line)
    return [line for line in (inside if inside is not None else lines) if line.strip()]


def _failed_tests(aws: Aws, reports: Sequence[str]) -> list[tuple[str, str]]:
    """Return the names of the failed test cases, and what each says.

    https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DescribeTestCases.html
    """
    cases: list[tuple[str, str]] = []
    for report in reports:
        for status in FAILED_TESTS:
            try:
                found = aws.codebuild.describe_test_cases(reportArn=report, filter={"status": status})
            except RefusedByAwsError:  # a coverage report has no test cases; one that can't be read tells nothing
                break
            cases += [
                (_test_name(one.get("prefix", ""), one.get("name", "")), one.get("message", ""))
                for one in found.get("testCases", [])
            ]
    return cases


def _test_name(prefix: str, name: str) -> str:
    return f"{prefix}::{name}" if prefix else name
