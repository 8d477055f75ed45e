from buildspecs.reading.problems import Kind
from buildspecs.rules.reading.reading_rule import ReadingRule


class KeyGivenTwice(ReadingRule):
    """A key is given twice."""

    id = "W9718"
    shortdesc = "A key is given twice"
    description = (
        "Of two equal keys of a mapping CodeBuild takes the last, as published builds show; nothing documents it. What "
        "stands below the first has no effect."
    )
    kinds = (Kind.TWICE,)
    remedy = "Keep one of the two, with what is below both."
