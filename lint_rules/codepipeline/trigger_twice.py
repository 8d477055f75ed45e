from collections.abc import Iterator

from lint_rules.codepipeline.structure import Pipeline, PipelineRule
from lint_rules.model.rule import Fault, fault


class TriggerTwice(PipelineRule):
    """Two triggers of one source action."""

    id = "E9123"
    shortdesc = "A source action must have at most one trigger"
    description = (
        "CreatePipeline takes one trigger configuration a source action. It can hold three push filters and three "
        "pull request filters."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GitConfiguration.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        seen = set()
        for trigger in pipeline["Triggers"].items:
            name = trigger["GitConfiguration"]["SourceActionName"]
            if name.text in seen:
                yield fault(name, f"{name.text} has a trigger already. Move the filters of this one to it.")
            seen.add(name.text or object())
