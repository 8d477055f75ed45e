"""Findings of before, which a project has decided to live with for now: only new ones are reported."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from reporting.errors import CannotRunError
from reporting.findings import Finding
from reporting.text import printable

Key = tuple[str, str, str]
"""File, id, and place or, where there is none, sentence: what stays when lines are added above."""


def written(findings: Iterable[Finding]) -> str:
    """Return the baseline of ``findings``: JSON, a finding a line, so that a difference shows what is new."""
    lines = [json.dumps(dict(zip(("file", "id", "place"), _key(one), strict=True))) for one in sorted(findings)]
    return '{"findings": [' + ",".join(f"\n  {line}" for line in lines) + "\n]}\n"


def read(path: str) -> Counter[Key]:
    """Return how often each finding is in the baseline at ``path``."""
    try:
        entries = json.loads(Path(path).read_text("utf-8"))["findings"]
        return Counter((str(one["file"]), str(one["id"]), str(one["place"])) for one in entries)
    except OSError as error:
        reason = (error.strerror or "it can't be read").lower()
        raise CannotRunError(f"{path}: {reason}; write one with --write-baseline {path}.") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise CannotRunError(f"{path}: it is not a baseline; write one with --write-baseline {path}.") from None


def new(findings: Sequence[Finding], known: Counter[Key]) -> tuple[list[Finding], int]:
    """Return the findings that are not ``known``, and how many known ones are gone."""
    left, fresh = known.copy(), []
    for one in findings:
        if left[_key(one)] > 0:
            left[_key(one)] -= 1
        else:
            fresh.append(one)
    return fresh, left.total()


def _key(finding: Finding) -> Key:
    return printable(finding.file), finding.id, printable(finding.place or finding.sentence)
