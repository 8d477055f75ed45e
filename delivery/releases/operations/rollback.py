"""Rolls the stage that deploys back to an earlier execution."""

from collections.abc import Sequence
from dataclasses import dataclass

from delivery.aws.errors import RefusedByAwsError
from delivery.cli.prompts import answer_to
from delivery.releases.model import executions_api, stage_state
from delivery.releases.model.execution import DEPLOY, ROLLBACK, SUCCEEDED, Summary
from delivery.releases.model.target import Target
from delivery.releases.model.unanswered import may_have_begun, nothing_begun
from delivery.releases.operations import release, select_execution, start
from delivery.releases.output import formatting
from delivery.releases.output.reporter import ReleaseReporter
from reporting.errors import CannotRunError

REFUSALS = (
    "PipelineExecutionOutdatedException",
    "UnableToRollbackStageException",
    "PipelineExecutionNotFoundException",
    "ConflictException",
)
"""https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_RollbackStage.html"""

YES, NO = ("y", "yes"), ("n", "no", "")


@dataclass(frozen=True)
class RollbackOptions:
    """``to``: the execution to roll back to, ``None`` for the last good one. ``agreed``: nobody need be asked."""

    to: str | None
    agreed: bool
    askable: bool
    wait: bool


def roll_back(target: Target, wanted: RollbackOptions, teller: ReleaseReporter) -> None:
    """Find what to go back to, ask, roll back, follow it."""
    with nothing_begun(teller):
        stage, back = _chosen(target, wanted)
    try:
        with may_have_begun(target, f"stage {stage} is rolled back", teller):
            started = target.aws.codepipeline.rollback_stage(
                pipelineName=target.name, stageName=stage, targetPipelineExecutionId=back.id
            )["pipelineExecutionId"]
    except RefusedByAwsError as refusal:
        if refusal.code not in REFUSALS:
            raise
        commit = back.revisions[0].id if back.revisions else "ID"
        raise CannotRunError(
            f"Stage {stage} can't be rolled back to execution {formatting.short(back.id)}: "
            f"{refusal.message.rstrip('.')}. "
            f"Release its commit again with {target.command('release', '--commit', commit)}."
        ) from None
    teller.fact(
        "rolling-back",
        {"execution": started, "stage": stage, "to": back.id},
        f"{target.name}: execution {formatting.short(started)} rolls stage {stage} back to {_said(back)}.",
    )
    if wanted.wait:
        release.follow_to_end(target, started, teller)


def _chosen(target: Target, wanted: RollbackOptions) -> tuple[str, Summary]:
    """Return the stage that deploys, and the execution to roll back to, which was agreed to."""
    stage = _deploying_stage(target)
    good = list(executions_api.summaries(target.aws, target.name, succeeded_in=stage))
    present = _present(good)
    if wanted.to:
        back = _named(target, wanted.to, stage, good)
    elif present and _ended_badly(target, stage):
        back = next((one for one in good if one.id == (present.target or present.id)), present)
    else:
        back = _last_good(target, stage, present, good)
    _agree(target, wanted, f"{_of(target, present)} to {_said(back)}")
    return stage, back


def _deploying_stage(target: Target) -> str:
    stages = start.structure(target)
    found = [stage.name for stage in stages if any(action.category == DEPLOY for action in stage.actions)]
    if not found:
        raise CannotRunError(f"{target.name}: no stage of it deploys, so nothing can be rolled back.")
    return found[-1]


def _ended_badly(target: Target, stage: str) -> bool:
    """Return whether the latest execution in ``stage`` left it undone: then the last good one is what to go back to."""
    found = next((one.status for one in stage_state.read(target.aws, target.name) if one.name == stage), "")
    return found not in ("", SUCCEEDED)


def _present(good: Sequence[Summary]) -> Summary | None:
    """Return the execution whose artifacts are deployed: the newest good one, or the one that this went back to."""
    if not good:
        return None
    newest = max(good, key=lambda one: one.updated)
    if newest.type != ROLLBACK:
        return newest
    return next((one for one in good if one.id == newest.target), newest)


def _last_good(target: Target, stage: str, present: Summary | None, good: Sequence[Summary]) -> Summary:
    if present is None:
        raise CannotRunError(
            f"{target.name}: no execution has ever succeeded in stage {stage}, so there is nothing to roll back to."
        )
    earlier = [one for one in good if one.type != ROLLBACK and one.started < present.started]
    if not earlier:
        raise CannotRunError(
            f"{target.name}: no execution before {formatting.short(present.id)}, which is deployed now, has succeeded "
            f"in stage {stage}, so there is nothing to roll back to."
        )
    return max(earlier, key=lambda one: one.started)


def _named(target: Target, execution_id: str, stage: str, good: Sequence[Summary]) -> Summary:
    found = next((one for one in good if execution_id and one.id.startswith(execution_id)), None)
    if found is not None and found.type != ROLLBACK:
        return found
    select_execution.named(target, execution_id)
    why = "is itself a roll-back" if found is not None else f"did not succeed in stage {stage}"
    allowed = ", ".join(formatting.short(one.id) for one in good if one.type != ROLLBACK) or "none"
    raise CannotRunError(f"--to: execution {execution_id} {why}; allowed: {allowed}.")


def _agree(target: Target, wanted: RollbackOptions, what: str) -> None:
    if wanted.agreed:
        return
    if not wanted.askable:
        if target.environment.unattended:
            return
        raise CannotRunError(
            f"environment {target.environment.name}: there is no terminal to ask on; agree with --yes to rolling back "
            f"{what}. Nothing was changed."
        )
    while True:
        answer = answer_to(f"Roll back {what}? [y]es, [n]o: ").lower()
        if answer in YES:
            return
        if answer in NO:
            raise CannotRunError("Not agreed to. Nothing was changed.")
        print("Answer with y for yes or n for no.")


def _of(target: Target, present: Summary | None) -> str:
    revisions = present.revisions if present else ()
    now = f" from {formatting.revision(revisions[0])}" if revisions else ""
    return f"{target.pipeline.service}{now}"


def _said(summary: Summary) -> str:
    what = f"{formatting.revision(summary.revisions[0])}, " if summary.revisions else ""
    return f"{what}execution {formatting.short(summary.id)} of {summary.started.astimezone():%Y-%m-%d %H:%M}"
