"""W9703."""

from buildspecs.reading.problems import Kind, Problem
from buildspecs.rules.reading.reading_rule import HOLDS_ANCHORS, ReadingRule


class UnknownKey(ReadingRule):
    """A key that CodeBuild does not know, or not there."""

    id = "W9703"
    shortdesc = "A key that CodeBuild does not know, or not there"
    description = (
        "What stands under a key that is misspelt, or that belongs elsewhere, has no effect: a timeout, a cache or a "
        "clean-up that was meant to be there is missing without a word."
    )
    kinds = (Kind.UNKNOWN,)
    remedy = "Rename it, move it to where it belongs, or delete it."

    def allowed(self, problem: Problem) -> bool:
        """Let keys of the user's own stand at the top."""
        return len(problem.path) == 1 and str(problem.path[0]).startswith(HOLDS_ANCHORS)
