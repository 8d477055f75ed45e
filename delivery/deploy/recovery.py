"""Brings a stack into a state that can be planned from, where that loses nothing; says so, or what to do instead."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from delivery.aws import console_links
from delivery.aws.session import Aws
from delivery.cli import spelling
from delivery.deploy.executor import Approver
from delivery.model import deletion_plan, stacks
from delivery.model.stacks import Resource, StackState
from delivery.stacks import deletion, failure_report
from delivery.stacks.operate import operate
from delivery.stacks.operations import Kind, is_running
from delivery.stacks.record import Work
from delivery.stacks.wait import join_or_wait
from reporting.errors import CannotRunError, FailedError

MOST_STEPS = 4
"""A stack may need several steps, such as waiting for a roll-back and then removing what it left; never many."""


@dataclass(frozen=True)
class Mend:
    """What a deployment does first with a stack: in words of a question, in the words with which it begins, and how."""

    question: str
    begins: str
    act: Callable[[Work], None]


def make_ready(work: Work, name: str, approver: Approver) -> StackState | None:
    """Return the stack as it can be updated, or ``None`` where it is to be made.

    Others who work on it are waited for. What has to be done first is done once ``approver`` agrees.
    """
    for _ in range(MOST_STEPS):
        standing = at_rest(work, name)
        mend = mend_of(work.aws, standing) if standing else None
        if standing is None or mend is None:
            return standing
        approver.check(
            f"{name} is in {standing.status}: {mend.question}?",
            f"{name}: not agreed to, so it was left in {standing.status}, and none after it was changed.",
            f"{name}: it is in {standing.status}; before anything else, a deployment would {mend.question}.",
        )
        work.teller.say(f"{name}: {mend.begins}", stack=name, status=standing.status)
        mend.act(work)
    raise CannotRunError(
        f"{name}: it is still not ready after {MOST_STEPS} steps to repair it; look at it in the console."
    )


def at_rest(work: Work, name: str) -> StackState | None:
    """Return the stack when nothing works on it any more; ``None`` where there is none."""
    for _ in range(MOST_STEPS):
        standing = stacks.find(work.aws, name)
        if standing is None or standing.status == "DELETE_COMPLETE":
            work.record.same(name, "")
            return None
        work.record.same(name, standing.status)
        if not is_running(standing.status):
            return standing
        join_or_wait(work, standing)
    raise CannotRunError(f"{name}: others begin one operation after another on it; run this again when they are done.")


def mend_of(aws: Aws, standing: StackState) -> Mend | None:
    """Return what is to be done first; ``None`` where the stack can be planned from.

    What only a person can do is raised as ``CannotRunError``.
    """
    make = MENDS.get(standing.status)
    return make(aws, standing) if make else None


def _remove_failed_create(aws: Aws, standing: StackState) -> Mend:
    """Remove a stack whose creation failed, unless that would delete what holds data."""
    there = [found for found in stacks.resources(aws, standing.id) if found.is_there]
    declared = stacks.template(aws, standing.id).get("Resources") or {}
    losses = [found for found in there if _is_lost(found, declared)]
    if losses:
        deleting = spelling.command("destroy", "--stack", standing.name)
        raise CannotRunError(
            _advice(aws, standing, f"it is in {standing.status} and still has {_named(losses)}"),
            f"Delete the stack with `{deleting}` if you don't need what these hold.",
        )

    def act(work: Work) -> None:
        outcome = deletion.delete(work, standing)
        for line in failure_report.lines_on_left(work.aws.environment, failure_report.left_behind(outcome)):
            work.teller.say(f"{standing.name}: {line}")

    with_what = f", with {_named(there)}" if there else ""
    protected = ", although it is protected" if standing.protected else ""
    return Mend(
        f"delete it{with_what}{protected}, then create it again",
        f"removing what an earlier failed try left ({standing.status}), then creating it again.",
        act,
    )


def _is_lost(found: Resource, declared: Mapping[str, Mapping[str, object]]) -> bool:
    said = declared.get(found.logical_id, {})
    return deletion_plan.loss(found.type, said) is not None and not deletion_plan.is_kept(said)


def _finish_rollback(aws: Aws, standing: StackState) -> Mend:
    """Let a roll-back that got stuck go on: it leads to what stood before."""
    return Mend(
        "continue its roll-back",
        f"its roll-back got stuck ({standing.status}); continuing it.",
        _back(standing, aws.cloudformation.continue_update_rollback),
    )


def _roll_back(aws: Aws, standing: StackState) -> Mend:
    """Roll a failed update back that was told to stop where it failed."""
    return Mend(
        "roll its last update back",
        f"its last update stopped half-way ({standing.status}); rolling it back.",
        _back(standing, aws.cloudformation.rollback_stack),
    )


def _back(standing: StackState, request: Callable[..., object]) -> Callable[[Work], None]:
    def act(work: Work) -> None:
        outcome = operate(
            work,
            (standing.name, standing.id),
            Kind.ROLLBACK,
            lambda token: request(StackName=standing.id, ClientRequestToken=token),
        )
        if outcome.succeeded:
            for line in failure_report.lines_on_left(work.aws.environment, failure_report.left_behind(outcome)):
                work.teller.say(f"{standing.name}: {line}")
            return
        failed = [event for event in outcome.events if event.status.endswith("_FAILED") and not event.of_the_stack]
        skipping = " ".join(dict.fromkeys(event.logical_id for event in failed)) or "LOGICAL_ID"
        command = console_links.command_line(
            work.aws.environment, "cloudformation continue-update-rollback --stack-name", standing.name,
            "--resources-to-skip", skipping,
        )  # fmt: skip
        raise FailedError(
            _advice(work.aws, standing, f"its roll-back failed again and it is in {outcome.status}"),
            *(f"{event.logical_id} ({event.type}): {event.reason}" for event in failed),
            f"Fix these resources, then run this again; or leave them as they are with `{command}`.",
        )

    return act


def _give_up(aws: Aws, standing: StackState) -> Mend:
    raise CannotRunError(_advice(aws, standing, f"it is in {standing.status}, which only a person can repair"))


def _advice(aws: Aws, standing: StackState, what: str) -> str:
    reason = f" ({standing.reason})" if standing.reason else ""
    return f"{standing.name}: {what}{reason}; look at {console_links.events(aws.environment, standing.id)}"


def _named(found: Sequence[Resource]) -> str:
    return ", ".join(f"{one.logical_id} ({one.type}) {one.physical_id}" for one in found)


MENDS: Mapping[str, Callable[[Aws, StackState], Mend]] = {
    "ROLLBACK_COMPLETE": _remove_failed_create,
    "ROLLBACK_FAILED": _remove_failed_create,
    "CREATE_FAILED": _remove_failed_create,
    "DELETE_FAILED": _remove_failed_create,
    "UPDATE_ROLLBACK_FAILED": _finish_rollback,
    "UPDATE_FAILED": _roll_back,
    "IMPORT_ROLLBACK_FAILED": _give_up,
}
"""What is done first from each status that can't be planned from.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html"""
