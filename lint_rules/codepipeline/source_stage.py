from collections.abc import Iterator

from lint_rules.codepipeline.structure import CONDITIONS, Pipeline, PipelineRule, is_list
from lint_rules.model.rule import Fault, fault


class SourceStage(PipelineRule):
    """Conditions, retry or roll-back on the source stage."""

    id = "E9128"
    shortdesc = "The first stage must have no OnFailure, OnSuccess and BeforeEntry"
    description = (
        "A source stage cannot be rolled back or retried by itself, and takes no conditions. CreatePipeline "
        "refuses them."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        for stage in pipeline.stages[:1] if is_list(pipeline["Stages"]) else ():
            for kind in CONDITIONS:
                if stage.node[kind].present:
                    yield fault(
                        stage.node[kind], f"{stage.name} is the source stage, which takes no {kind}. Take it out."
                    )
