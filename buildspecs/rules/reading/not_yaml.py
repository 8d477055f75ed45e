from typing import ClassVar

from buildspecs.reading.problems import Kind
from buildspecs.rules.reading.reading_rule import ReadingRule


class NotYaml(ReadingRule):
    """A buildspec is a mapping in YAML."""

    id = "E9701"
    shortdesc = "A buildspec is a mapping in YAML"
    description = "A build whose buildspec can not be read as YAML ends in DOWNLOAD_SOURCE with YAML_FILE_ERROR."
    kinds = (Kind.YAML,)
    remedies: ClassVar = {
        "UTF-8": "Save the file as UTF-8.",
        "not a mapping": "Begin with the keys of a buildspec.",
        "anchor": "Name the anchor somewhere else than below itself.",
        "excessive aliasing": "Make the file shorter.",
        "a key must be": "Write a plain word as the key.",
    }
    remedy = "Fix the YAML there: indent with spaces, quote what has a colon or begins with a special character."
