from buildspecs.reading.problems import Kind
from buildspecs.rules.reading.reading_rule import ReadingRule


class NullItem(ReadingRule):
    """A command is empty."""

    id = "W9705"
    shortdesc = "A command is empty"
    description = (
        "A dash with nothing or a comment behind it is a null. Published builds run with such items, which CodeBuild "
        "passes over, but nothing documents it."
    )
    kinds = (Kind.NULL,)
    remedy = "Write the command behind the dash, or delete the dash."
