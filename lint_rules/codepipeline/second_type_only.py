from collections.abc import Iterator

from lint_rules.codepipeline.structure import CONDITIONS, Pipeline, PipelineRule, count
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, fault


class SecondTypeOnly(PipelineRule):
    """Features of pipelines of type V2 on one that is not."""

    id = "E9101"
    shortdesc = "Triggers, variables, conditions, execution modes and some actions need a pipeline of type V2"
    description = (
        "CreatePipeline refuses triggers, variables, stage conditions, any execution mode but SUPERSEDED, and the "
        "newer action types on a pipeline of type V1. One without PipelineType gets the type that it needs."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/pipeline-types.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        if pipeline.of_first_type:
            for name, used in _features(pipeline):
                yield fault(used, f"{name} needs a pipeline of type V2. Set PipelineType to V2.")
            for action in pipeline.actions:
                if action.kind.get("second_type"):
                    sentence = f"{action.provider} actions need a pipeline of type V2. Set PipelineType to V2."
                    yield fault(action.type_id["Provider"], sentence)


def _features(pipeline: Pipeline) -> Iterator[tuple[str, Node]]:
    for name in ("Triggers", "Variables"):
        if count(pipeline[name]) != 0:
            yield name, pipeline[name]
    mode = pipeline["ExecutionMode"]
    if mode.text is not None and mode.text != "SUPERSEDED":
        yield "ExecutionMode", mode
    for stage in pipeline.stages:
        for name in CONDITIONS:
            if stage.node[name].present:
                yield name, stage.node[name]
