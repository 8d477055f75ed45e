from buildspecs.reading.problems import Kind
from buildspecs.rules.reading.reading_rule import ReadingRule


class UnknownPhase(ReadingRule):
    """Phases are install, pre_build, build and post_build."""

    id = "E9702"
    shortdesc = "Phases are install, pre_build, build and post_build"
    description = "CodeBuild knows four phases and refuses any other name with YAML_FILE_ERROR."
    kinds = (Kind.PHASE,)
    remedy = "Rename the phase, or move its commands to one of the four."
