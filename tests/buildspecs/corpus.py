"""Buildspecs with one fault each, and good ones: small changes to those in good/, told in cases.toml."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from buildspecs.lint import findings
from buildspecs.project import ProjectFacts

HERE = Path(__file__).parent
GOOD = HERE / "good"


@dataclass(frozen=True)
class Case:
    """``replace`` changes the ``buildspec`` of good/; ``finds`` are (rule, line) of what must be found.

    ``project`` are facts of the project; ``files`` the files of its source by path.
    """

    name: str
    buildspec: str
    finds: Sequence[tuple[str, int]]
    replace: Sequence[tuple[str, str]] = ()
    project: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] | None = None


def cases() -> Iterator[Case]:
    """Return every case of the table."""
    for one in tomllib.loads((HERE / "cases.toml").read_text("utf-8"))["case"]:
        yield Case(**{**one, "finds": [tuple(found) for found in one["finds"]]})


def changed(case: Case) -> str:
    """Return the case's buildspec; what is replaced must be there."""
    text = (GOOD / case.buildspec).read_text("utf-8")
    for found, put in case.replace:
        assert found in text, f"{found!r} is not in {case.buildspec}"
        text = text.replace(found, put, 1)
    return text


def judged(case: Case) -> list[tuple[str, int]]:
    """Give (rule, line) of what is found."""
    facts = dict(case.project)
    if case.files is not None:
        facts["source"] = case.files.get
    return [(one.id, one.line) for one in findings(changed(case), case.buildspec, ProjectFacts(**facts))]
