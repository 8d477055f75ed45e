from buildspecs.reading.problems import Kind
from buildspecs.rules.reading.reading_rule import ReadingRule


class NullValue(ReadingRule):
    """A key has nothing below it."""

    id = "W9706"
    shortdesc = "A key has nothing below it"
    description = (
        "A key whose items are all commented out, or indented less than it, has the value null, which is not a list, "
        "mapping or string."
    )
    kinds = (Kind.EMPTY,)
    remedy = "Indent what belongs to it, or delete the key."
