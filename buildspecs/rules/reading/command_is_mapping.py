from buildspecs.reading.problems import Kind
from buildspecs.rules.reading.reading_rule import ReadingRule


class CommandIsMapping(ReadingRule):
    """A colon and a space make a mapping of a command."""

    id = "E9707"
    shortdesc = "A colon and a space make a mapping of a command"
    description = (
        'YAML takes an unquoted command with a colon and a space in it, such as echo "Status: done", for a key and a '
        "value. CodeBuild refuses it: found subkeys instead."
    )
    kinds = (Kind.MAPPING,)
    remedy = "Put the whole item in single quotes, or write it below a | on lines of its own."
