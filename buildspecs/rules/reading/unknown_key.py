from collections.abc import Iterator

from buildspecs.reading.problems import Kind, Problem
from buildspecs.reading.reader import FIRST_VERSION, OLD_VERSION
from buildspecs.rules.reading.reading_rule import HOLDS_ANCHORS, ReadingRule
from buildspecs.rules.rule import Fault, Subject


class UnknownKey(ReadingRule):
    """A key that CodeBuild does not know, or not there."""

    id = "W9703"
    shortdesc = "A key that CodeBuild does not know, or not there"
    description = (
        "What is under a key that is misspelt, or that belongs elsewhere, has no effect: a timeout, a cache or a "
        "clean-up that was meant to be there is missing without a word."
    )
    kinds = (Kind.UNKNOWN,)
    remedy = "Rename it, move it to where it belongs, or delete it."

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """See the class; older versions had keys of their own."""
        return iter(()) if subject.version in {FIRST_VERSION, OLD_VERSION} else super().faults(subject)

    def allowed(self, problem: Problem) -> bool:
        """Let keys of the user's own stand at the top."""
        return len(problem.path) == 1 and str(problem.path[0]).startswith(HOLDS_ANCHORS)
