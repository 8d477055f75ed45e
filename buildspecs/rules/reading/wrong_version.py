from buildspecs.reading.problems import Kind
from buildspecs.rules.reading.reading_rule import ReadingRule


class WrongVersion(ReadingRule):
    """The version is 0.2 (or 0.1)."""

    id = "E9709"
    shortdesc = "The version is 0.2 (or 0.1)"
    description = "A buildspec says the version of its form; there are two, and 0.2 is the recommended one."
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec-ref-versions"
    kinds = (Kind.VERSION,)
    remedy = "Write version: 0.2 as the first line."
