"""E9707: a command with a colon and a space is put in single quotes."""

import re

from reporting.findings import Finding

IDS = ("E9707",)
_ITEM = re.compile(r"(?P<before>\s*-\s+)(?P<command>[^\s'\"|>\[{&*!%@`#].*)")


def fixed(line: str, finding: Finding) -> str | None:  # noqa: ARG001 - as all fixes
    """See the module; what a comment may follow is left alone."""
    item = _ITEM.fullmatch(line)
    if item is None or " #" in item["command"]:
        return None
    return f"{item['before']}'{item['command'].rstrip().replace(chr(39), chr(39) * 2)}'"
