"""For programs of one's own: ``{"looked_at": [file, ...], "findings": [{...}, ...]}``, findings member by member."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from reporting.findings import Finding
from reporting.text import printable


def render(findings: Sequence[Finding], looked_at: Sequence[str]) -> str:
    """Return the document."""
    document = {"looked_at": [*map(printable, looked_at)], "findings": [_members(one) for one in findings]}
    return json.dumps(document, indent=2) + "\n"


def _members(finding: Finding) -> dict[str, Any]:
    return {name: printable(value) if isinstance(value, str) else value for name, value in asdict(finding).items()}
