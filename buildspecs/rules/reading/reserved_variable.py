from buildspecs.reading.problems import Kind
from buildspecs.rules.reading.reading_rule import ReadingRule


class ReservedVariable(ReadingRule):
    """Names that begin with CODEBUILD_ are reserved."""

    id = "W9714"
    shortdesc = "Names that begin with CODEBUILD_ are reserved"
    description = (
        "CodeBuild sets its own variables under that prefix, and says not to use it. Published builds run with such "
        "names; a later version of CodeBuild may give them another value."
    )
    kinds = (Kind.RESERVED,)
    remedy = "Give the variable another name."
