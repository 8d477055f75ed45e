from buildspecs.reading.problems import Kind
from buildspecs.rules.reading.reading_rule import ReadingRule


class TooMany(ReadingRule):
    """More than CodeBuild takes."""

    id = "E9716"
    shortdesc = "More than CodeBuild takes"
    description = "A buildspec may have five report groups, and a cache five fallback keys."
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/test-report.html"
    kinds = (Kind.LIMIT,)
    remedy = "Leave some out."
