"""What the linters take on: how large a file, how many parts of it, and how much time and memory it may cost.

A file beyond one of them is a finding, which tells the limit, and nothing else of it is looked at.
"""

import json
from dataclasses import dataclass
from typing import Any

import yaml

from linting.recognition.file_kinds import Kind
from reporting.findings import Finding, Severity

LARGEST = 1_048_576
"""Bytes of a file; CloudFormation's own limit for a template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""
MOST_RESOURCES = 1_000
"""Resources of a template: twice as many as CloudFormation takes."""
MOST_VALUES = 100_000
"""Keys and values of a file with aliases, each counted as often as it is referred to; CloudFormation takes no alias."""
SECONDS = 30
"""Seconds of the processor that each linter may work on a file."""
PATIENCE = 240
"""Seconds of the clock after which a linter is taken to wait for something that does not come."""
MEMORY = 4 * 1024**3
"""Bytes of address space that a linter may have."""

GIVEN_UP = "E0002"
"""cfn-lint's id for a template that it could not judge; here, for any file that a linter gave up."""


def beyond(file: str, kind: Kind, content: bytes) -> Finding | None:
    """Return the finding about the limit that a file is beyond; None for one within all of them."""
    if len(content) > LARGEST:
        identifier = "E1002" if kind is Kind.TEMPLATE else GIVEN_UP
        return _finding(file, identifier, f"It is larger than {LARGEST:,} bytes", "Split it into several.")
    counted = _counted(content)
    if counted.values > MOST_VALUES:
        sentence = f"Its aliases stand for more than {MOST_VALUES:,} keys and values"
        return _finding(file, GIVEN_UP, sentence, "Write out what is meant; CloudFormation takes no alias.")
    if kind is Kind.TEMPLATE and counted.resources > MOST_RESOURCES:
        sentence = (
            f"It has {counted.resources:,} resources, where CloudFormation takes 500 and this linter {MOST_RESOURCES:,}"
        )
        return _finding(file, "E3010", sentence, "Split it into several stacks.")
    return None


def given_up(file: str, linter: str, reason: str) -> Finding:
    """Return the finding about a file that a ``linter`` gave up for a ``reason``, such as "ended by SIGSEGV"."""
    return _finding(file, GIVEN_UP, f"{linter} gave up: {reason}", "See what is odd about it.")


def _finding(file: str, identifier: str, sentence: str, remedy: str) -> Finding:
    sentence = f"{sentence}; the rest of it was not checked."
    return Finding(file, 1, 1, identifier, Severity.ERROR, sentence, remedy)


@dataclass
class _Counted:
    values: int = 0
    resources: int = 0


def _counted(content: bytes) -> _Counted:
    """Count what can be too much, where it can be: most files have neither aliases nor so many types."""
    has_aliases = b"&" in content and b"*" in content
    if not has_aliases and content.count(b"Type") <= MOST_RESOURCES:
        return _Counted()
    try:
        return _of_json(json.loads(content))
    except (ValueError, RecursionError):
        return _of_yaml(content)


def _of_json(document: Any) -> _Counted:  # noqa: ANN401 - any JSON value
    resources = document.get("Resources") if isinstance(document, dict) else None
    return _Counted(resources=len(resources) if isinstance(resources, dict) else 0)


def _of_yaml(content: bytes) -> _Counted:
    """Count in one pass over the events, which make no tree; what is no YAML is counted up to the fault."""
    counting = _Counting()
    try:
        for event in yaml.parse(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            counting.take(event)
            if counting.found.values > MOST_VALUES:
                break
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError):
        pass  # the linters tell of it
    return counting.found


@dataclass
class _Open:
    """A mapping or sequence that has begun: its anchor, its key in the mapping around it, and what it holds so far."""

    anchor: str | None
    key: str
    children: int = 0
    values: int = 1
    last: str = ""


class _Counting:
    def __init__(self) -> None:
        self.found = _Counted()
        self._open: list[_Open] = []
        self._anchored: dict[str, int] = {}

    def take(self, event: yaml.Event) -> None:
        """Count one event."""
        if isinstance(event, yaml.CollectionStartEvent):
            self._open.append(_Open(event.anchor, self._open[-1].last if self._open else ""))
        elif isinstance(event, yaml.CollectionEndEvent):
            ended = self._open.pop()
            if ended.key == "Resources" and len(self._open) == 1:
                self.found.resources = ended.children // 2
            self._add(ended.values, ended.anchor, "")
        elif isinstance(event, yaml.AliasEvent):
            self._add(self._anchored.get(str(event.anchor), 1), None, "")
        elif isinstance(event, yaml.ScalarEvent):
            self._add(1, event.anchor, event.value)

    def _add(self, values: int, anchor: str | None, text: str) -> None:
        if anchor is not None:
            self._anchored[anchor] = values
        if self._open:
            around = self._open[-1]
            around.children += 1
            around.values += values
            around.last = text
            self.found.values = max(self.found.values, around.values)
