from buildspecs.reading.problems import Kind
from buildspecs.rules.reading.reading_rule import ReadingRule


class WrongType(ReadingRule):
    """A value is of another type than the key takes."""

    id = "E9708"
    shortdesc = "A value is of another type than the key takes"
    description = (
        "CodeBuild expects a string, a list or a mapping there and refuses anything else with YAML_FILE_ERROR."
    )
    kinds = (Kind.TYPE,)
    remedy = "Write the value in that form."
