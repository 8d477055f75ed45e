from collections.abc import Iterator

from lint_rules.codepipeline.structure import Pipeline, PipelineRule
from lint_rules.model.rule import Fault, fault


class RollbackInParallel(PipelineRule):
    """Roll-back in an execution mode without it."""

    id = "E9129"
    shortdesc = "ROLLBACK is not available in PARALLEL mode"
    description = (
        "Executions that run side by side have no last good one to roll back to: CreatePipeline refuses the result "
        "ROLLBACK with the execution mode PARALLEL."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        for stage in pipeline.stages if pipeline["ExecutionMode"].text == "PARALLEL" else ():
            for node in (stage.node["OnFailure"], *(condition for _kind, condition in stage.conditions)):
                if node["Result"].text == "ROLLBACK":
                    yield fault(node["Result"], "ROLLBACK is refused in PARALLEL mode. Use QUEUED or SUPERSEDED.")
