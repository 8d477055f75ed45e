"""Applies every fix to the files that findings are about."""

from collections.abc import Sequence
from pathlib import Path

from linting.fixes import file_version, quoted_command, quoted_version
from reporting.errors import CannotRunError
from reporting.findings import Finding

FIXES = (quoted_command, quoted_version, file_version)
FIXABLE = frozenset(identifier for one in FIXES for identifier in one.IDS)


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
        after = next((one.fixed(line, finding) for one in FIXES if finding.id in one.IDS), None)
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
