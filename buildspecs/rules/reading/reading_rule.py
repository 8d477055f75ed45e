"""Rules that tell what the reader found."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from buildspecs.reading.document import Position
from buildspecs.reading.problems import Kind, Problem
from buildspecs.rules.rule import REFERENCE, Fault, Rule
from buildspecs.rules.subject import Subject

LINE = re.compile(r" at line \d+")
"""A finding has its line beside the sentence."""

HOLDS_ANCHORS = ("x-", ".", "_")
"""How people begin keys of their own, to keep what anchors refer to."""


@dataclass(frozen=True)
class ReadingRule(Rule):
    """Tells the reader's problems of ``kind``, with one remedy for all."""

    id: str
    shortdesc: str
    description: str
    kind: Kind
    remedy: str
    remedies: Mapping[str, str] = field(default_factory=dict)
    """Others, by words of the sentence that they belong to."""
    source_url: str = REFERENCE

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for problem in subject.problems:
            if problem.kind is self.kind and not self.allowed(problem) and not _is_misspelt(problem, subject):
                sentence = LINE.sub("", problem.message).rstrip(".") + "."
                yield Fault(_place(subject, problem), problem.path, sentence, self.remedy_of(problem))

    def remedy_of(self, problem: Problem) -> str:
        """Return what mends this one: the rule's remedy, unless its sentence calls for another."""
        return next((remedy for said, remedy in self.remedies.items() if said in problem.message), self.remedy)

    def allowed(self, problem: Problem) -> bool:
        """Return whether this one is none for AWS."""
        del problem
        return False


def _is_misspelt(problem: Problem, subject: Subject) -> bool:
    """Return whether what is missing stands there under another name, of which another rule tells."""
    wanted = f"did you mean {problem.message.split()[0]}?"
    return problem.kind is Kind.MISSING and any(
        other.path[:-1] == problem.path and wanted in other.message
        for other in subject.problems
        if other.kind is Kind.UNKNOWN and not str(other.path[-1]).startswith(HOLDS_ANCHORS)
    )


def _place(subject: Subject, problem: Problem) -> Position:
    """Return the key that lacks something or holds too much; the reader tells of the first line below it."""
    return subject.position(problem.path) if problem.kind in (Kind.MISSING, Kind.LIMIT) else problem.position
