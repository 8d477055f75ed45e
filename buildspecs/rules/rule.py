"""What all rules of buildspecs have in common."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

from buildspecs.reading.document import Path, Position
from buildspecs.rules.subject import Command, Subject
from buildspecs.shell import SimpleCommand, Word

REFERENCE = "https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html"


@dataclass(frozen=True)
class Fault:
    """What is wrong at one place of a buildspec, and the remedy."""

    position: Position
    path: Path
    sentence: str
    remedy: str


class Rule(ABC):
    """One thing that can be wrong; the attributes are those of cfn-lint's rules.

    ``id`` begins with E (AWS refuses it, or it fails when it runs), W (it works, but loses data, is insecure or fails
    in a likely situation) or I (advice).
    """

    id: str
    shortdesc: str
    description: str
    source_url: str = REFERENCE

    @abstractmethod
    def faults(self, subject: Subject) -> Iterator[Fault]:
        """Return what is wrong."""


def at(subject: Subject, path: Path, sentence: str, remedy: str) -> Fault:
    """Say it of the key or item at ``path``, or of what holds it when that is not written."""
    return Fault(subject.position(path), path, sentence, remedy)


def of(command: Command, simple: SimpleCommand | Word | None, sentence: str, remedy: str) -> Fault:
    """Say it of a command, at the line of ``simple`` within it."""
    return Fault(command.position(simple.line if simple else 1), command.path, sentence, remedy)


__all__ = ["Command", "Fault", "Rule", "Subject", "at", "of"]
