"""Runs a failed stage once more."""

from dataclasses import dataclass

from delivery.aws.errors import RefusedByAwsError
from delivery.releases.model import stage_state
from delivery.releases.model.execution import FAILED, SUCCEEDED, Execution
from delivery.releases.model.target import Target
from delivery.releases.model.unanswered import may_have_begun, nothing_begun
from delivery.releases.operations import release, select_execution
from delivery.releases.output import formatting
from delivery.releases.output.reporter import ReleaseReporter
from reporting.errors import CannotRunError

REFUSALS = (
    "StageNotRetryableException",
    "NotLatestPipelineExecutionException",
    "ConcurrentPipelineExecutionsLimitExceededException",
    "ConflictException",
)
"""https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_RetryStageExecution.html"""

ENDED_BADLY = (FAILED, "Stopped")


@dataclass(frozen=True)
class RetryOptions:
    """``execution``: an id, or ``None`` for the newest. ``every``: also the actions that succeeded."""

    execution: str | None
    every: bool
    wait: bool


def retry(target: Target, wanted: RetryOptions, teller: ReleaseReporter) -> None:
    """Retry the stage in which the execution ended, and follow it."""
    with nothing_begun(teller):
        before = select_execution.named(target, wanted.execution)
        stage = _stage(target, before)
    try:
        with may_have_begun(target, f"stage {stage} runs once more", teller):
            target.aws.codepipeline.retry_stage_execution(
                pipelineName=target.name,
                stageName=stage,
                pipelineExecutionId=before.id,
                retryMode="ALL_ACTIONS" if wanted.every else "FAILED_ACTIONS",
            )
    except RefusedByAwsError as refusal:
        if refusal.code not in REFUSALS:
            raise
        commit = ["--commit", before.commit()] if before.commit() else []
        raise CannotRunError(
            f"Stage {stage} of execution {formatting.short(before.id)} can't be retried: "
            f"{refusal.message.rstrip('.')}. "
            f"Start a new release with {target.command('release', *commit)}."
        ) from None
    what = "all actions" if wanted.every else "the failed actions"
    teller.fact(
        "retried",
        {"execution": before.id, "stage": stage, "all": wanted.every},
        f"{target.name}: {what} of stage {stage} run once more in execution {formatting.short(before.id)}.",
    )
    if wanted.wait:
        release.follow_to_end(target, before.id, teller, before)


def _stage(target: Target, ended: Execution) -> str:
    """Return the name of the stage in which the execution ended; ``CannotRunError`` where it did not end badly."""
    if ended.running:
        follow_it = target.command("release", "--follow", formatting.short(ended.id))
        raise CannotRunError(
            f"Nothing to retry: execution {formatting.short(ended.id)} runs still; follow it with {follow_it}."
        )
    if ended.status not in ENDED_BADLY:
        again = target.command("release")
        raise CannotRunError(
            f"Nothing to retry: execution {formatting.short(ended.id)} {ended.status.lower()}; "
            f"start a new release with {again}."
        )
    for stage in stage_state.read(target.aws, target.name):
        if stage.execution == ended.id and stage.status != SUCCEEDED:
            return stage.name
    unfinished = [one for one in ended.attempts if one.status != SUCCEEDED]
    return unfinished[-1].stage if unfinished else next((stage.name for stage in ended.stages), "")
