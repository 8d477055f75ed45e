"""Says why an operation on a stack failed, what to do, and how it left the stack."""

from collections.abc import Sequence

from delivery.aws import console_links
from delivery.aws.session import Aws
from delivery.causes import search
from delivery.stacks import early_validation, left_behind, operations, root_cause
from delivery.stacks.follow import Outcome


def sentences(aws: Aws, stack: str, stack_id: str, outcome: Outcome) -> Sequence[str]:
    """Return the report: how it ended, the first cause, the hint, the state, what was left behind, where to see it."""
    cause = root_cause.find(outcome.events)
    reason = (cause.reason if cause else outcome.reason) or "AWS gave no reason"
    place = f"{cause.logical_id} ({cause.type}), {cause.status}: " if cause else ""
    details = early_validation.failures_of_stack(aws, stack_id) if "DescribeEvents" in reason else []
    return [
        f"{stack}: it failed after {outcome.seconds:.0f} s and is in {outcome.status}.",
        f"First cause: {place}{reason}",
        *details,
        search.hint([reason, *details]),
        f"State: {operations.left(outcome.kind, outcome.status)}",
        *left_behind.lines(aws.environment, left_behind.of(outcome)),
        f"Events: {console_links.events(aws.environment, stack_id)}",
    ]
