"""Stops an execution that runs, or the roll-out that goes on."""

from dataclasses import dataclass

from delivery.aws.errors import RefusedByAwsError
from delivery.releases.model import rollouts
from delivery.releases.model.execution import Execution
from delivery.releases.model.target import Target
from delivery.releases.model.unanswered import may_have_begun, nothing_begun
from delivery.releases.operations import select_execution
from delivery.releases.output import formatting
from delivery.releases.output.reporter import ReleaseReporter
from reporting.errors import CannotRunError

LONGEST_REASON = 200
"""https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_StopPipelineExecution.html"""


@dataclass(frozen=True)
class StopOptions:
    """``execution``: an id, or ``None`` for the one that runs. ``abandon``: don't wait for what is at work."""

    execution: str | None
    abandon: bool
    reason: str


def stop(target: Target, wanted: StopOptions, teller: ReleaseReporter) -> None:
    """Ask AWS to stop the execution, and say what that means."""
    with nothing_begun(teller):
        execution = select_execution.only_running(target, wanted.execution)
    if not execution.running:
        raise CannotRunError(
            f"Nothing to stop: execution {formatting.short(execution.id)} does not run any more; "
            f"it is {execution.status.lower()}."
        )
    at_work = ", ".join(formatting.action(one.stage, one.action) for one in execution.at_work())
    try:
        with may_have_begun(target, "the execution is stopping", teller):
            target.aws.codepipeline.stop_pipeline_execution(
                pipelineName=target.name,
                pipelineExecutionId=execution.id,
                abandon=wanted.abandon,
                reason=wanted.reason[:LONGEST_REASON],
            )
    except RefusedByAwsError as refusal:
        raise _explained(target, execution, at_work, refusal) from None
    how = f"{at_work} is abandoned" if wanted.abandon else f"it stops as soon as {at_work} has ended"
    how = how if at_work else "nothing of it is at work"
    follow_it = target.command("release", "--follow", formatting.short(execution.id))
    teller.fact(
        "stopping",
        {"execution": execution.id, "abandon": wanted.abandon, "reason": wanted.reason},
        f"Stopping execution {formatting.short(execution.id)}: {how}. See it with {follow_it}.",
    )


def roll_back(target: Target, teller: ReleaseReporter) -> None:
    """Have ECS end the roll-out that goes on, whoever began it, and go back to what ran before.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopServiceDeployment.html
    """
    service = target.pipeline.ecs_service
    with nothing_begun(teller):
        rollout = rollouts.going_on(target)
    if rollout is None:
        raise CannotRunError(f"Nothing to stop: no roll-out of {service} is in progress.")
    try:
        with may_have_begun(target, "the roll-out is stopped", teller):
            if target.pipeline.deployment_group:
                target.aws.codedeploy.stop_deployment(deploymentId=rollout.arn, autoRollbackEnabled=True)
            else:
                target.aws.ecs.stop_service_deployment(serviceDeploymentArn=rollout.arn, stopType="ROLLBACK")
    except RefusedByAwsError as refusal:
        raise CannotRunError(
            f"The roll-out can't be stopped: {refusal.message.rstrip('.')}; see {target.command('status')}."
        ) from None
    see = target.command("status")
    text = f"The roll-out of {service} is rolled back, and the release that waits for it fails; see {see}."
    teller.fact("stopping", {"deployment": rollout.arn}, text)


def _explained(target: Target, execution: Execution, at_work: str, refusal: RefusedByAwsError) -> CannotRunError:
    if refusal.code == "PipelineExecutionNotStoppableException":
        return CannotRunError(
            f"Nothing to stop: execution {formatting.short(execution.id)} has ended in this very moment."
        )
    if refusal.code != "DuplicatedStopRequestException":
        return refusal
    hurry = target.command("stop", "--execution", formatting.short(execution.id), "--abandon")
    return CannotRunError(
        f"Execution {formatting.short(execution.id)} is stopping already and waits for {at_work or 'its stage'}; "
        f"{hurry} does not wait for it."
    )
