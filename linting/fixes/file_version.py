"""E9709 and E9802: buildspecs and AppSpec files have one version each."""

import re

from reporting.findings import Finding

IDS = ("E9709", "E9802")
VERSIONS = {"E9709": "0.2", "E9802": "0.0"}
_VERSION = re.compile(r"(?P<before>version:\s*)[^\s#]+(?P<after>\s*(?:#.*)?)")


def fixed(line: str, finding: Finding) -> str | None:
    """See the module; a line that says something else gets the version above it."""
    entry = _VERSION.fullmatch(line)
    if entry:
        return f"{entry['before']}{VERSIONS[finding.id]}{entry['after']}"
    return f"version: {VERSIONS[finding.id]}\n{line}" if finding.line == 1 or "missing" in finding.sentence else None
