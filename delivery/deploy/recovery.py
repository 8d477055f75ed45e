"""Brings a stack into a state that can be planned from, where that loses nothing; says so, or what to do instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from delivery.aws import console_links
from delivery.deploy import approval
from delivery.model import events, stacks, stateful_types
from delivery.stacks import request_tokens
from delivery.stacks.follow import follow, is_running
from delivery.stacks.interruption import beginning, stack_runs_on
from delivery.stacks.wait import join_or_wait
from reporting.errors import CannotRunError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from delivery.aws.session import Aws
    from delivery.model.stacks import Resource, StandingStack
    from delivery.output.reporter import Teller
    from delivery.stacks.follow import Outcome

MOST_STEPS = 4
"""A stack may need several steps, such as waiting for a roll-back and then removing what it left; never many."""

GONE = ("DELETE_COMPLETE", "DELETE_SKIPPED")
"""Statuses of resources that a stack has no more."""


def make_ready(aws: Aws, name: str, teller: Teller, *, may_mend: bool) -> StandingStack | None:
    """Give the stack as it can be updated, or ``None`` where it is to be made.

    Others who work on it are waited for. Unless it ``may_mend``, whatever would have to be cleared away is refused.
    """
    for _ in range(MOST_STEPS):
        standing = stacks.find(aws, name)
        if standing is None or standing.status == "DELETE_COMPLETE":
            return None
        if is_running(standing.status):
            join_or_wait(aws, standing, teller)
            continue
        step = STEPS.get(standing.status)
        if step is None:
            return standing
        if not may_mend:
            raise approval.refusal_unasked(aws.environment)
        step(aws, standing, teller)
    raise CannotRunError(
        f"{name}: it is still not ready after {MOST_STEPS} steps to mend it; look at it in the console."
    )


def _remove_review(aws: Aws, standing: StandingStack, teller: Teller) -> None:
    """Remove a stack that was only ever reviewed: it has no resources."""
    left = [
        found["ChangeSetName"] for found in aws.cloudformation.list_change_sets(StackName=standing.name)["Summaries"]
    ]
    named = f", with {', '.join(left)}" if left else ""
    teller.say(
        f"{standing.name}: removing the empty stack that an earlier review left (REVIEW_IN_PROGRESS{named}).",
        stack=standing.name,
        status=standing.status,
    )
    _delete(aws, standing, teller)


def _remove_failed_create(aws: Aws, standing: StandingStack, teller: Teller) -> None:
    """Remove a stack whose creation failed, unless that would delete what holds data."""
    left = [found for found in stacks.resources(aws, standing.id) if found.status not in GONE and found.physical_id]
    declared = stacks.template(aws, standing.id).get("Resources") or {}
    losses = [found for found in left if _is_lost(found, declared)]
    if losses:
        raise CannotRunError(
            _advice(aws, standing, f"it is in {standing.status} and still has {_named(losses)}"),
            "Nothing was changed. Delete the stack with `bin/destroy` if you don't need what these hold.",
        )
    teller.say(
        f"{standing.name}: removing what an earlier failed try left ({standing.status}), then making it anew.",
        stack=standing.name,
        status=standing.status,
    )
    outcome = _delete(aws, standing, teller)
    for event in outcome.events:
        if event.status == "DELETE_SKIPPED":
            teller.say(f"{standing.name}: {event.logical_id} ({event.type}) {event.physical_id} stays in the account.")


def _is_lost(found: Resource, declared: dict[str, dict[str, object]]) -> bool:
    said = declared.get(found.logical_id, {})
    return stateful_types.loss(found.type, said) is not None and not stateful_types.is_kept(said)


def _finish_rollback(aws: Aws, standing: StandingStack, teller: Teller) -> None:
    """Let a roll-back that got stuck go on: it leads to what stood before."""
    teller.say(f"{standing.name}: its roll-back got stuck ({standing.status}); letting it go on.", stack=standing.name)
    _follow_back(aws, standing, aws.cloudformation.continue_update_rollback, teller)


def _roll_back(aws: Aws, standing: StandingStack, teller: Teller) -> None:
    """Roll a failed update back that was told to stop where it failed."""
    teller.say(
        f"{standing.name}: its last update stopped half-way ({standing.status}); rolling it back.", stack=standing.name
    )
    _follow_back(aws, standing, aws.cloudformation.rollback_stack, teller)


def _follow_back(aws: Aws, standing: StandingStack, begin: Callable[..., object], teller: Teller) -> None:
    outcome = _begin_and_follow(aws, standing, begin, teller)
    if outcome.status == "UPDATE_ROLLBACK_COMPLETE":
        return
    failed = [event for event in outcome.events if event.status.endswith("_FAILED") and not event.of_the_stack]
    skipping = " ".join(dict.fromkeys(event.logical_id for event in failed)) or "LOGICAL_ID"
    command = console_links.command_line(
        aws.environment, "cloudformation continue-update-rollback --stack-name", standing.name,
        "--resources-to-skip", skipping,
    )  # fmt: skip
    reasons = [f"{event.logical_id} ({event.type}): {event.reason}" for event in failed]
    raise CannotRunError(
        _advice(aws, standing, f"its roll-back failed again and it is in {outcome.status}"),
        *reasons,
        f"Mend these resources, then run this again; or leave them as they are with `{command}`.",
    )


def _give_up(aws: Aws, standing: StandingStack, teller: Teller) -> None:
    del teller
    raise CannotRunError(
        _advice(aws, standing, f"it is in {standing.status}, which only a person can mend"), "Nothing was changed."
    )


def _delete(aws: Aws, standing: StandingStack, teller: Teller) -> Outcome:
    if standing.protected:
        aws.cloudformation.update_termination_protection(StackName=standing.id, EnableTerminationProtection=False)
    outcome = _begin_and_follow(aws, standing, aws.cloudformation.delete_stack, teller)
    if not outcome.succeeded:
        failed = [event for event in outcome.events if event.status == "DELETE_FAILED" and not event.of_the_stack]
        raise CannotRunError(
            _advice(aws, standing, f"it could not be removed and is in {outcome.status}"),
            *(f"{event.logical_id} ({event.type}) {event.physical_id}: {event.reason}" for event in failed),
        )
    return outcome


def _begin_and_follow(aws: Aws, standing: StandingStack, begin: Callable[..., object], teller: Teller) -> Outcome:
    last = events.latest(aws, standing.id)
    with stack_runs_on(aws, standing.name, standing.id, teller):
        with beginning():
            begin(StackName=standing.id, ClientRequestToken=request_tokens.token("deploy"))
        return follow(aws, standing.id, last.id if last else None, teller)


def _advice(aws: Aws, standing: StandingStack, what: str) -> str:
    reason = f" ({standing.reason})" if standing.reason else ""
    return f"{standing.name}: {what}{reason}; look at {console_links.events(aws.environment.region, standing.id)}"


def _named(found: Sequence[Resource]) -> str:
    return ", ".join(f"{one.logical_id} ({one.type}) {one.physical_id}" for one in found)


STEPS: dict[str, Callable[[Aws, StandingStack, Teller], None]] = {
    "REVIEW_IN_PROGRESS": _remove_review,
    "ROLLBACK_COMPLETE": _remove_failed_create,
    "ROLLBACK_FAILED": _remove_failed_create,
    "CREATE_FAILED": _remove_failed_create,
    "DELETE_FAILED": _remove_failed_create,
    "UPDATE_ROLLBACK_FAILED": _finish_rollback,
    "UPDATE_FAILED": _roll_back,
    "IMPORT_ROLLBACK_FAILED": _give_up,
}
"""What is done from each status that can't be planned from.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html"""
