"""Cobertura XML, as coverage.py and most other coverage tools write it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from local_aws.services.codebuild.reports.documents import number, root
from local_aws.services.codebuild.reports.model import FileCoverage, ReportFileError

CONDITIONS = re.compile(r"\((\d+)/(\d+)\)")


@dataclass
class _Lines:
    """Lines of one file by number, since several classes of a file may name the same line."""

    hit: dict[int, bool] = field(default_factory=dict)
    branches: dict[int, tuple[int, int]] = field(default_factory=dict)


def read(file: Path) -> Sequence[FileCoverage]:
    """Return the coverage of each source file that a Cobertura file names."""
    top = root(file)
    if top.tag != "coverage":
        raise ReportFileError(f"error parsing report file {file.name}: expected coverage, found {top.tag}")
    files: dict[str, _Lines] = {}
    for part in top.iter("class"):
        lines = files.setdefault(part.get("filename", ""), _Lines())
        for line in part.findall("lines/line"):
            place = int(number(line.get("number")))
            lines.hit[place] = lines.hit.get(place, False) or number(line.get("hits")) > 0
            if match := CONDITIONS.search(line.get("condition-coverage", "")):
                lines.branches[place] = (int(match[1]), int(match[2]))
    return [_coverage(path, lines) for path, lines in files.items()]


def _coverage(path: str, lines: _Lines) -> FileCoverage:
    covered = sum(lines.hit.values())
    taken, all_branches = (sum(pair[i] for pair in lines.branches.values()) for i in (0, 1))
    return FileCoverage(path, covered, len(lines.hit) - covered, taken, max(0, all_branches - taken))
