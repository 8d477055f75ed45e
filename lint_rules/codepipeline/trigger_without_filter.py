from collections.abc import Iterator

from lint_rules.codepipeline.structure import Pipeline, PipelineRule, is_plain
from lint_rules.model.rule import Fault, fault

PARTS = ("Tags", "Branches", "FilePaths")


class TriggerWithoutFilter(PipelineRule):
    """Triggers that say nothing."""

    id = "E9126"
    shortdesc = "A trigger must have a GitConfiguration, and its filters something to filter by"
    description = (
        "CreatePipeline refuses a trigger without the name of its source action, and filters or criteria that are "
        "empty."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineTriggerDeclaration.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        for trigger in pipeline["Triggers"].items:
            git = trigger["GitConfiguration"]
            if git.absent and is_plain(trigger):
                yield fault(trigger, "A trigger has no GitConfiguration. Add it, with the SourceActionName.")
            for one in git["Push"].items:
                if is_plain(one) and all(one[part].absent for part in PARTS):
                    yield fault(one, "A push filter is empty. Give it Tags, or Branches, or Branches and FilePaths.")
            for one in (*git["Push"].items, *git["PullRequest"].items):
                for part in PARTS:
                    if is_plain(one[part]) and one[part]["Includes"].absent and one[part]["Excludes"].absent:
                        yield fault(one[part], f"{part} is empty. Give it Includes or Excludes.")
