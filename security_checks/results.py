"""The shape of what a check found, the same for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from reporting.findings import Severity
from security_checks.waivers import Waiver

NOT_CHECKED = "not-checked"
"""The id of the finding that a check could not see what it had to look at."""


class Status(StrEnum):
    """How a check ended. ``NOT_APPLICABLE`` is not ``CLEAN``: there was nothing to look at."""

    CLEAN = "clean"
    FINDINGS = "findings"
    NOT_CHECKED = "not checked"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True)
class Finding:
    """One fault. ``place`` is a path relative to the source's root, with ``:LINE`` where a line is known.

    ``aliases`` are further ids of the same fault, such as a CVE's; ``subject`` is a package's URL, if any.
    """

    check: str
    id: str
    place: str
    message: str
    severity: Severity = Severity.ERROR
    aliases: Sequence[str] = ()
    subject: str = ""


@dataclass(frozen=True)
class Seen:
    """What a check saw: ``about`` says in a few words what it looked at, or why nothing applied."""

    about: str
    findings: Sequence[Finding] = ()
    applies: bool = True


class NotCheckedError(Exception):
    """The check could not see what it had to look at; the message says why."""


@dataclass(frozen=True)
class Judged:
    """A finding, and the waiver that it is waived by, if there is one."""

    finding: Finding
    waiver: Waiver | None = None


@dataclass(frozen=True)
class Result:
    """What one check came to; ``scope`` is the folder that it looked at, ``seconds`` how long it took."""

    check: str
    scope: str
    status: Status
    about: str
    judged: Sequence[Judged] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def open(self) -> Sequence[Finding]:
        """The findings that no waiver covers: any of them makes the checks fail."""
        return [one.finding for one in self.judged if one.waiver is None]
