"""Fixes what has one certain correction, in the file that a finding is about."""

import re
from collections.abc import Sequence
from pathlib import Path

from reporting.errors import CannotRunError
from reporting.findings import Finding

ITEM = re.compile(r"(?P<before>\s*-\s+)(?P<command>[^\s'\"|>\[{&*!%@`#].*)")
RUNTIME = re.compile(r"(?P<before>\s*[\w-]+:\s*)(?P<version>\d+\.\d+0)(?P<after>\s*(?:#.*)?)")
VERSION = re.compile(r"(?P<before>version:\s*)[^\s#]+(?P<after>\s*(?:#.*)?)")
VERSIONS = {"E9709": "0.2", "E9802": "0.0"}
HINT = "without quotes as"


def _quoted_command(line: str, _finding: Finding) -> str | None:
    """Put a command with a colon and a space in single quotes; what a comment may follow is left alone."""
    item = ITEM.fullmatch(line)
    if item is None or " #" in item["command"]:
        return None
    return f"{item['before']}'{item['command'].rstrip().replace(chr(39), chr(39) * 2)}'"


def _quoted_version(line: str, finding: Finding) -> str | None:
    """Put a runtime's version that ends with a zero in quotes, without which YAML reads a shorter number."""
    entry = RUNTIME.fullmatch(line)
    if entry is None or HINT not in finding.sentence:
        return None
    return f'{entry["before"]}"{entry["version"]}"{entry["after"]}'


def _file_version(line: str, finding: Finding) -> str | None:
    """Write the one version that such a file has; a line that says something else gets it above."""
    entry = VERSION.fullmatch(line)
    if entry:
        return f"{entry['before']}{VERSIONS[finding.id]}{entry['after']}"
    return f"version: {VERSIONS[finding.id]}\n{line}" if finding.line == 1 or "missing" in finding.sentence else None


FIXABLE = {"E9707": _quoted_command, "W9731": _quoted_version, **dict.fromkeys(VERSIONS, _file_version)}
"""What fixes the findings of an id: it returns the line as it should be, without its end, or None if not certain."""


def fix(findings: Sequence[Finding]) -> int:
    """Change the files, and return how many findings that fixes; what is written on one line of JSON is left alone."""
    count = 0
    for file in sorted({one.file for one in findings if one.id in FIXABLE}):
        count += _fix(Path(file), [one for one in findings if one.file == file and one.id in FIXABLE])
    return count


def _fix(path: Path, findings: Sequence[Finding]) -> int:
    lines = path.read_bytes().decode("utf-8").splitlines(keepends=True)
    if not lines or lines[0].lstrip().startswith("{"):
        return 0
    count = 0
    for finding in findings:
        number = max(finding.line, 1) - 1
        line = lines[number].rstrip("\r\n")
        end = lines[number][len(line) :] or "\n"
        after = FIXABLE[finding.id](line, finding)
        if after is not None and not _goes_on(lines, number):
            lines[number] = after.replace("\n", end) + end
            count += 1
    if count:
        _write(path, "".join(lines))
    return count


def _goes_on(lines: Sequence[str], number: int) -> bool:
    """Check whether an item of a list is written on several lines."""
    line = lines[number]
    if not line.lstrip().startswith("- ") or number + 1 == len(lines):
        return False
    after = lines[number + 1]
    return bool(after.strip()) and _depth(after) > _depth(line)


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _write(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.fixed")
    try:
        beside.write_bytes(text.encode())
        beside.chmod(path.stat().st_mode)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        reason = (error.strerror or "it can't be written").lower()
        raise CannotRunError(f"{path}: {reason}; it was not fixed.") from None
