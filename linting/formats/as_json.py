"""For programs of one's own: ``{"looked_at": [file, ...], "findings": [{...}, ...]}``, findings member by member."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from reporting.findings import Finding


def written(findings: Sequence[Finding], looked_at: Sequence[str]) -> str:
    """Give the document."""
    return json.dumps({"looked_at": list(looked_at), "findings": [asdict(one) for one in findings]}, indent=2) + "\n"
