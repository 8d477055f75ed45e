"""The execution that AWS starts by itself when a pipeline is created: it is kept from deploying anything.

A connection that a stack has just made is PENDING, so that execution fails at Source. Where the connection is finished
already, it would release the newest commit of the branch, which nobody has asked for: so it is told to stop, which lets
the action that runs end and begins no other.
https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-about-starting.html
https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-stop.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from delivery.aws.errors import RefusedByAwsError
from delivery.model.plan import Action
from delivery.releases.model import executions_api

if TYPE_CHECKING:
    from delivery.aws.session import Aws
    from delivery.model.manifest import Manifest, Pipeline
    from delivery.model.plan import StackPlan
    from delivery.output.reporter import Reporter

PIPELINE = "AWS::CodePipeline::Pipeline"
REASON = "A new pipeline runs once by itself; releases begin when somebody asks for one."
ENDED = "PipelineExecutionNotStoppableException"


def is_due(plan: StackPlan) -> bool:
    """Return whether a plan makes a pipeline."""
    return any(one.type == PIPELINE and one.action in (Action.ADDED, Action.REPLACED) for one in plan.resources)


def settle(aws: Aws, manifest: Manifest, stack: str, reporter: Reporter) -> None:
    """Stop the first execution of each pipeline that ``stack`` has just made, and say what became of it."""
    for pipeline in manifest.pipelines:
        if pipeline.stack == stack:
            execution, text = _settle_one(aws, pipeline)
            reporter.say(
                f"{pipeline.pipeline}: AWS runs a new pipeline once by itself; {text}.",
                pipeline=pipeline.pipeline,
                first_execution=execution,
            )


def _settle_one(aws: Aws, pipeline: Pipeline) -> tuple[str | None, str]:
    """Return the execution, where it is listed, and what became of it."""
    first = executions_api.first_execution(aws, pipeline.pipeline)
    if first is None:
        return None, "that execution is not listed yet: see `bin/status`, and end it with `bin/stop`"
    if first.running and _stop(aws, pipeline.pipeline, first.id):
        return first.id, f"execution {first.id} was told to stop, so it deploys nothing"
    if first.running:
        first = executions_api.first_execution(aws, pipeline.pipeline) or first
    return first.id, f"execution {first.id} has ended already, with status {first.status}"


def _stop(aws: Aws, pipeline: str, execution: str) -> bool:
    """Ask for the stop; return False where the execution has ended meanwhile."""
    try:
        aws.codepipeline.stop_pipeline_execution(
            pipelineName=pipeline, pipelineExecutionId=execution, abandon=False, reason=REASON
        )
    except RefusedByAwsError as refusal:
        if refusal.code != ENDED:
            raise
        return False
    return True
