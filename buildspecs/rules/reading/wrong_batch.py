from typing import ClassVar

from buildspecs.reading.problems import Kind
from buildspecs.rules.reading.reading_rule import ReadingRule


class WrongBatch(ReadingRule):
    """A batch that can not be built."""

    id = "E9717"
    shortdesc = "A batch that can not be built"
    description = (
        "A batch is one of build-list, build-graph, build-matrix and build-fanout; its tasks have identifiers of "
        "their own and depend on each other without a circle."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build-buildspec.html"
    kinds = (Kind.BATCH,)
    remedies: ClassVar = {
        "depend-on": "Name one of them, or add the task.",
        "wait for each other": "Take one of them out of a depend-on.",
        "given to two tasks": "Give each its own.",
        "one kind of batch": "Keep one of them.",
        "only one of them": "Keep one of them.",
    }
    remedy = "Write such a number."
