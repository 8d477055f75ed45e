from collections.abc import Iterator

from lint_rules.codepipeline.structure import Pipeline, PipelineRule
from lint_rules.model.rule import Fault, fault


class TriggerCombination(PipelineRule):
    """Filters of a trigger that do not go together."""

    id = "E9124"
    shortdesc = "A trigger's filter must be for tags, for branches, or for branches and file paths"
    description = (
        "CreatePipeline refuses tags together with branches or file paths in one push filter, and file paths "
        "without branches. Two filters of one trigger can have one each."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-triggers.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        for trigger in pipeline["Triggers"].items:
            for kind in ("Push", "PullRequest"):
                for one in trigger["GitConfiguration"][kind].items:
                    if one["Tags"].present and (one["Branches"].present or one["FilePaths"].present):
                        yield fault(one, "A filter has Tags with Branches or FilePaths. Give each a filter of its own.")
                    elif one["FilePaths"].present and one["Branches"].absent:
                        yield fault(one, "A filter has FilePaths without Branches. Add Branches, with '**' for all.")
