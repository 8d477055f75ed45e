from buildspecs.reading.problems import Kind
from buildspecs.rules.reading.reading_rule import ReadingRule


class WrongValue(ReadingRule):
    """A value is not one of those allowed."""

    id = "E9711"
    shortdesc = "A value is not one of those allowed"
    description = (
        "Some keys take one of a few values (file-format, shell, action, yes and no); CodeBuild refuses others."
    )
    kinds = (Kind.VALUE,)
    remedy = "Write one of those."
