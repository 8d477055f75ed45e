from collections.abc import Iterator

from lint_rules.codepipeline.structure import Pipeline, PipelineRule
from lint_rules.model.rule import Fault, fault


class TransitionStage(PipelineRule):
    """Disabled transitions into stages that are not there."""

    id = "E9140"
    shortdesc = "A disabled transition must name a stage of the pipeline"
    description = "A pipeline whose DisableInboundStageTransitions names a stage that it does not have cannot be made."
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_DisableStageTransition.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        names = [stage.node["Name"].text for stage in pipeline.stages]
        if pipeline.whole and None not in names:
            for transition in pipeline["DisableInboundStageTransitions"].items:
                name = transition["StageName"]
                if name.text is not None and name.text not in names:
                    known = ", ".join(name for name in names if name)
                    yield fault(name, f"There is no stage {name.text}. The pipeline has: {known}.")
