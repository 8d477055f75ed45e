"""Executes a plan: the very change set that was shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from delivery.aws.errors import RefusedByAwsError
from delivery.deploy import change_sets
from delivery.model import events
from delivery.stacks import request_tokens
from delivery.stacks.follow import follow
from delivery.stacks.interruption import NotBegunError, stack_runs_on

if TYPE_CHECKING:
    from delivery.aws.session import Aws
    from delivery.model.events import Event
    from delivery.model.plan import StackPlan
    from delivery.output.reporter import Teller
    from delivery.stacks.follow import Outcome


def execute(aws: Aws, plan: StackPlan, teller: Teller) -> Outcome:
    """Execute the plan and follow it to its end."""
    last = _last_event(aws, plan)
    with stack_runs_on(aws, plan.stack, plan.stack_id, teller):
        _begin(aws, plan)
        return follow(aws, plan.stack_id, last.id if last else None, teller, len(plan.resources))


def _last_event(aws: Aws, plan: StackPlan) -> Event | None:
    try:
        return events.latest(aws, plan.stack_id)
    except RefusedByAwsError as refusal:
        if not refusal.says_missing:
            raise
        raise _gone(plan) from None


def _begin(aws: Aws, plan: StackPlan) -> None:
    """Have the change set executed.

    Resources that this operation makes are removed again when it fails, whatever their deletion policy: otherwise they
    would stand in the way of the next try.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html
    """
    try:
        aws.cloudformation.execute_change_set(
            ChangeSetName=plan.change_set_id,
            StackName=plan.stack_id,
            ClientRequestToken=request_tokens.token("deploy"),
            RetainExceptOnCreate=True,
        )
    except RefusedByAwsError as refusal:
        if refusal.says_missing:
            raise _gone(plan) from None
        change_sets.discard(aws, plan.stack, plan.change_set)
        raise NotBegunError(*refusal.sentences, f"{plan.stack}: nothing was changed.") from None


def _gone(plan: StackPlan) -> NotBegunError:
    return NotBegunError(
        f"{plan.stack}: the change set that was shown is gone: somebody else has deployed or removed "
        "this stack meanwhile.",
        "Nothing was changed by this. Run it again to see what is to be done now.",
    )
