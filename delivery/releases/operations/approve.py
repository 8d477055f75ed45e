"""Answers an approval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from delivery.aws.errors import RefusedByAwsError
from delivery.releases.model import executions_api, rollouts, stage_state
from delivery.releases.model.rollouts import Pause
from delivery.releases.model.stage_state import Approval
from delivery.releases.model.target import Target
from delivery.releases.model.unanswered import may_have_begun, nothing_begun
from delivery.releases.operations import select_execution, start
from delivery.releases.output import formatting
from delivery.releases.output.reporter import ReleaseReporter
from reporting.errors import CannotRunError

if TYPE_CHECKING:
    from mypy_boto3_codepipeline.literals import ApprovalStatusType


LONGEST_SUMMARY = 512
"""https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ApprovalResult.html"""

TOO_LATE = ("ApprovalAlreadyCompletedException", "InvalidApprovalTokenException")


@dataclass(frozen=True)
class Answer:
    """An answer. ``execution`` and ``action`` narrow down what it is to; ``None`` for whichever waits."""

    execution: str | None
    action: str | None
    reject: bool
    summary: str


def answer(target: Target, given: Answer, teller: ReleaseReporter) -> None:
    """Give the answer to the one approval that fits, or to the pause of a roll-out, and say what follows from it."""
    with nothing_begun(teller):
        pause = _pause(target, given)
    if pause is not None:
        _answer_pause(target, pause, given, teller)
        return
    with nothing_begun(teller):
        approval = _approval(target, given)
        execution = executions_api.execution(target.aws, target.name, approval.execution)
    name = formatting.action(approval.stage, approval.action)
    status: ApprovalStatusType = "Rejected" if given.reject else "Approved"
    summary = given.summary or f"{status} with bin/approve"
    try:
        with may_have_begun(target, f"{name} is answered", teller):
            target.aws.codepipeline.put_approval_result(
                pipelineName=target.name,
                stageName=approval.stage,
                actionName=approval.action,
                token=approval.token,
                result={"summary": summary[:LONGEST_SUMMARY], "status": status},
            )
    except RefusedByAwsError as refusal:
        if refusal.code not in TOO_LATE:
            raise
        raise CannotRunError(
            f"{name} was answered meanwhile, by somebody else or by its time limit; {target.command('status')} shows "
            "its state."
        ) from None
    follow_it = target.command("release", "--follow", formatting.short(approval.execution))
    text = f"{status} {name} of {formatting.described(execution)}. Follow it with {follow_it}."
    content = {"execution": approval.execution, "stage": approval.stage, "action": approval.action, "summary": summary}
    teller.fact("answered", {**content, "status": status}, text)


def _pause(target: Target, given: Answer) -> Pause | None:
    """Return the pause that the answer is to, whoever began the roll-out: with an action, an approval is meant."""
    rollout = None if given.action else rollouts.going_on(target)
    if rollout is None or not rollout.pauses:
        return None
    if given.execution and not any(one.is_rollout for one in select_execution.named(target, given.execution).at_work()):
        return None
    return rollout.pauses[0]


def _answer_pause(target: Target, pause: Pause, given: Answer, teller: ReleaseReporter) -> None:
    """Have the roll-out go on, or be rolled back.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContinueServiceDeployment.html
    """
    action: Literal["CONTINUE", "ROLLBACK"] = "ROLLBACK" if given.reject else "CONTINUE"
    try:
        with may_have_begun(target, "the roll-out is answered", teller):
            target.aws.ecs.continue_service_deployment(
                serviceDeploymentArn=pause.deployment, hookId=pause.hook, action=action
            )
    except RefusedByAwsError as refusal:
        raise CannotRunError(
            f"The roll-out can't be answered: {refusal.message.rstrip('.')}; see {target.command('status')}."
        ) from None
    outcome = "is rolled back" if given.reject else "goes on"
    text = f"The roll-out of {target.pipeline.service} {outcome}; see {target.command('status')}."
    teller.fact("answered", {"deployment": pause.deployment, "hook": pause.hook, "status": action}, text)


def _approval(target: Target, given: Answer) -> Approval:
    start.structure(target)
    waiting = [one for stage in stage_state.read(target.aws, target.name) for one in stage.approvals]
    fitting = [
        one for one in waiting if given.execution in (None, one.execution) and given.action in (None, one.action)
    ]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        which = _list(fitting)
        raise CannotRunError(
            f"{target.name}: several approvals wait; say with --action and --execution which is meant: {which}."
        )
    if waiting:
        raise CannotRunError(f"{target.name}: no such approval waits for an answer; those that do: {_list(waiting)}.")
    raise CannotRunError(_nothing_waits(target, given))


def _list(approvals: Sequence[Approval]) -> str:
    return ", ".join(
        f"{formatting.action(one.stage, one.action)} of execution {formatting.short(one.execution)}"
        for one in approvals
    )


def _nothing_waits(target: Target, given: Answer) -> str:
    newest = select_execution.named(target, given.execution)
    at_work = ", ".join(formatting.action(one.stage, one.action) for one in newest.at_work())
    doing = f", {at_work} at work" if at_work else ""
    return (
        f"{target.name}: no approval waits for an answer; the state of execution {formatting.short(newest.id)} is "
        f"{formatting.state(newest.status)}{doing}."
    )
