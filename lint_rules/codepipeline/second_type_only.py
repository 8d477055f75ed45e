"""E9101."""

from collections.abc import Iterator

from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View

PIPELINE = "AWS::CodePipeline::Pipeline"


class SecondTypeOnly(Rule):
    """Features of pipelines of type V2 on one that is not."""

    id = "E9101"
    shortdesc = "Triggers, variables and execution modes need a pipeline of type V2"
    description = (
        "A pipeline without PipelineType is of type V1, and CreatePipeline refuses triggers, variables, stage "
        "conditions and any execution mode but SUPERSEDED on it."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/pipeline-types.html"
    types = (PIPELINE,)

    def faults(self, template: View) -> Iterator[Fault]:
        """See the class."""
        for pipeline in template.resources(PIPELINE):
            kind = pipeline["PipelineType"]
            if kind.absent or kind.text == "V1":
                for used in _features(pipeline.properties):
                    yield fault(used, f"{used.path[-1]} needs a pipeline of type V2. Set PipelineType to V2.")


def _features(properties: Node) -> Iterator[Node]:
    for name in ("Triggers", "Variables"):
        if properties[name].present:
            yield properties[name]
    mode = properties["ExecutionMode"]
    if mode.text is not None and mode.text != "SUPERSEDED":
        yield mode
    for stage in properties["Stages"].items:
        for name in ("OnSuccess", "OnFailure", "BeforeEntry"):
            if stage[name].present:
                yield stage[name]
