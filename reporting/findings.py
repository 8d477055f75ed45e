"""The shape of a finding, the same for every check of this project."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs; any of them makes a check fail."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATIONAL = "informational"


@dataclass(frozen=True)
class RuleText:
    """What a rule says of itself: ``shortdesc`` in one line, ``description`` says why, ``source_url`` is AWS's page."""

    id: str
    shortdesc: str
    description: str
    source_url: str


@dataclass(frozen=True, order=True)
class Finding:
    """One fault, at one place, with what to do about it.

    ``file`` is a path as the user named it or relative to the project; ``line`` and ``column`` count from 1 (0 where
    they are unknown); ``place`` is the path within the file, such as ``Resources/Bucket/Properties``. ``title`` says
    in general what its rule is about, and ``source`` is the address of the page where that is documented; each is empty
    where there is none.
    """

    file: str
    line: int
    column: int
    id: str
    severity: Severity
    sentence: str
    remedy: str = ""
    place: str = ""
    title: str = ""
    source: str = ""

    def __str__(self) -> str:
        """One line in the manner of compilers: file, line, id, what is wrong, what to do."""
        position = f"{self.file}:{self.line}" if self.line else self.file
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{position}: {self.id} {self.sentence}{remedy}"
