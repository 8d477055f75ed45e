"""Says why an operation on a stack failed, what to do, and how it left the stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from delivery.aws import console_links
from delivery.stacks import early_validation, known_errors, root_cause

if TYPE_CHECKING:
    from collections.abc import Sequence

    from delivery.aws.session import Aws
    from delivery.stacks.follow import Outcome

STATES = {
    "ROLLBACK_COMPLETE": "What was made was removed again; the next bin/deploy clears the empty stack away itself.",
    "ROLLBACK_FAILED": "Parts of it could not be removed; the next bin/deploy tries again where nothing is lost.",
    "CREATE_FAILED": "What was made before the failure is still there; the next bin/deploy clears it away.",
    "UPDATE_ROLLBACK_COMPLETE": "The stack is as it was before this update.",
    "UPDATE_ROLLBACK_FAILED": "The stack hangs between old and new; the next bin/deploy tries to finish its roll-back.",
    "UPDATE_FAILED": "The stack hangs between old and new; the next bin/deploy rolls it back first.",
    "IMPORT_ROLLBACK_COMPLETE": "The stack is as it was before; nothing was taken into it.",
    "IMPORT_ROLLBACK_FAILED": "The stack could not let go of what it took in; look at its events in the console.",
    "DELETE_FAILED": "What could not be deleted is still in the stack; the rest is gone.",
    "DELETE_COMPLETE": "The stack is gone.",
}
"""How each final status leaves the stack.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html"""


def sentences(aws: Aws, stack: str, stack_id: str, outcome: Outcome) -> Sequence[str]:
    """Give the report: how it ended, the first cause, the hint, the state, what was left behind, where to see it."""
    cause = root_cause.find(outcome.events)
    reason = (cause.reason if cause else outcome.reason) or "AWS gave no reason"
    place = f"{cause.logical_id} ({cause.type}), {cause.status}: " if cause else ""
    details = early_validation.failures_of_stack(aws, stack_id) if "DescribeEvents" in reason else []
    hint = known_errors.find(" ".join([reason, *details]))
    return [
        f"{stack}: it failed after {outcome.seconds:.0f} s and is in {outcome.status}.",
        f"First cause: {place}{reason}",
        *details,
        f"Hint: {hint.says} ({hint.source})",
        f"State: {STATES.get(outcome.status, 'Look at its events before going on.')}",
        *_left_behind(outcome),
        f"Events: {console_links.events(aws.environment.region, stack_id)}",
    ]


def _left_behind(outcome: Outcome) -> Sequence[str]:
    last = {event.logical_id: event for event in outcome.events if not event.of_the_stack}
    kept = [
        event for event in last.values() if event.status in ("DELETE_SKIPPED", "DELETE_FAILED") and event.physical_id
    ]
    return [f"Left behind: {event.logical_id} ({event.type}) {event.physical_id}" for event in kept]
