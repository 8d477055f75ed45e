from buildspecs.reading.problems import Kind
from buildspecs.rules.reading.reading_rule import ReadingRule


class WrongVariableName(ReadingRule):
    """Names of variables have letters, digits and underscores."""

    id = "W9713"
    shortdesc = "Names of variables have letters, digits and underscores"
    description = "Shells know no variable of any other name; the commands could not use it."
    kinds = (Kind.NAME,)
    remedy = "Rename the variable: a letter or underscore, then letters, digits and underscores."
