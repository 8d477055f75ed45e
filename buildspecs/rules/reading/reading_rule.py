"""Rules that tell what the reader found."""

import re
from collections.abc import Iterator
from typing import ClassVar

from buildspecs.reading.problems import Kind, Problem
from buildspecs.rules.rule import Fault, Rule
from buildspecs.rules.subject import Subject

LINE = re.compile(r" at line \d+")
"""A finding has its line beside the sentence."""


class ReadingRule(Rule):
    """Tells the reader's problems of ``kinds``, with one remedy for all."""

    kinds: ClassVar[tuple[Kind, ...]]
    remedy: ClassVar[str]

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """See the class."""
        for problem in subject.problems:
            if problem.kind in self.kinds and not self.allowed(problem):
                sentence = LINE.sub("", problem.message).rstrip(".") + "."
                yield Fault(problem.position, problem.path, sentence, self.remedy)

    def allowed(self, problem: Problem) -> bool:
        """Tell whether this one is none for AWS."""
        del problem
        return False
