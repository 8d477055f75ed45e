"""E9705."""

from buildspecs.reading.problems import Kind
from buildspecs.rules.reading.reading_rule import ReadingRule


class NullItem(ReadingRule):
    """An item of a list is empty."""

    id = "E9705"
    shortdesc = "An item of a list is empty"
    description = (
        "A dash with nothing behind it is a null. CodeBuild refuses it with YAML_FILE_ERROR and names the line above "
        "it."
    )
    kinds = (Kind.NULL,)
    remedy = "Write the item behind the dash, or delete the dash."
