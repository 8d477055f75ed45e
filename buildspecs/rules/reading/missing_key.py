from buildspecs.reading.problems import Kind
from buildspecs.rules.reading.reading_rule import ReadingRule


class MissingKey(ReadingRule):
    """A key that is needed is not there."""

    id = "W9704"
    shortdesc = "A key that is needed is not there"
    description = (
        "Phases need commands, artifacts and reports need files, caches need paths, tasks of a batch need "
        "identifiers: without them the buildspec is refused, or does nothing."
    )
    kinds = (Kind.MISSING,)
    remedy = "Write the key, or leave out what needs it."
