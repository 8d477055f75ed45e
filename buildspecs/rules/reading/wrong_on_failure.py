from buildspecs.reading.problems import Kind
from buildspecs.rules.reading.reading_rule import ReadingRule


class WrongOnFailure(ReadingRule):
    """on-failure is ABORT, CONTINUE or RETRY with a count and a pattern."""

    id = "E9712"
    shortdesc = "on-failure is ABORT, CONTINUE or RETRY with a count and a pattern"
    description = (
        "on-failure takes ABORT, CONTINUE, RETRY, RETRY-count, RETRY-regex or RETRY-count-regex; CodeBuild refuses "
        "others."
    )
    kinds = (Kind.ON_FAILURE,)
    remedy = "Write one of those; ABORT ends the build when the phase fails."
