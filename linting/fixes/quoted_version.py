"""W9731: a runtime's version that ends with a zero is put in quotes, without which YAML reads a shorter number."""

import re

from reporting.findings import Finding

IDS = ("W9731",)
HINT = "without quotes as"
_VERSION = re.compile(r"(?P<before>\s*[\w-]+:\s*)(?P<version>\d+\.\d+0)(?P<after>\s*(?:#.*)?)")


def fixed(line: str, finding: Finding) -> str | None:
    entry = _VERSION.fullmatch(line)
    if entry is None or HINT not in finding.sentence:
        return None
    return f'{entry["before"]}"{entry["version"]}"{entry["after"]}'
