"""E9701."""

from buildspecs.reading.problems import Kind
from buildspecs.rules.reading.reading_rule import ReadingRule


class NotYaml(ReadingRule):
    """A buildspec is a mapping in YAML."""

    id = "E9701"
    shortdesc = "A buildspec is a mapping in YAML"
    description = "A build whose buildspec can not be read as YAML ends in DOWNLOAD_SOURCE with YAML_FILE_ERROR."
    kinds = (Kind.YAML,)
    remedy = "Mend the YAML there: indent with spaces, quote what has a colon or begins with a special character."
