"""Says why an operation on a stack failed, what to do, and how it left the stack."""

import re
from collections.abc import Sequence

from delivery.aws import console_links
from delivery.aws.session import Aws
from delivery.causes import search
from delivery.model.events import Event
from delivery.model.stacks import Resource
from delivery.output.deletion_table import how_to_remove
from delivery.stacks import early_validation, operations
from delivery.stacks.follow import Outcome
from settings.environment import Environment

_CASCADE = re.compile(r"^(Resource (creation|update|deletion|import) cancelled|.*\bcancelled by\b.*)$", re.IGNORECASE)


def root_cause(events: Sequence[Event]) -> Event | None:
    """Return the first failure of a resource, or else of the stack itself; ``events`` are oldest first.

    Resources that CloudFormation gave up because another one failed are left out, and so is the stack's own line.
    """
    failed = [event for event in events if event.status.endswith("_FAILED")]
    own = [event for event in failed if not event.of_the_stack and not _CASCADE.match(event.reason)]
    if own:
        return own[0]
    told = [event for event in events if event.of_the_stack and event.reason and "ROLLBACK" in event.status]
    return next(iter([*failed, *told]), None)


STAYS = ("DELETE_SKIPPED", "DELETE_FAILED")
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html"""


def left_behind(outcome: Outcome) -> Sequence[Resource]:
    """Return the resources whose last event says that they were not deleted.

    A replaced resource and its successor have the same logical id, so they are told apart by the physical one.
    """
    last = {(one.logical_id, one.physical_id): one for one in outcome.events if not one.of_the_stack}
    return [
        Resource(one.logical_id, one.physical_id, one.type, one.status, one.reason)
        for one in last.values()
        if one.status in STAYS and one.physical_id
    ]


def lines_on_left(environment: Environment, found: Sequence[Resource]) -> Sequence[str]:
    """Say of each resource what it is, why it stays where AWS says so, and how it is removed."""
    return [
        f"Left behind: {one.logical_id} ({one.type}) {one.physical_id}{f': {one.reason}' if one.reason else ''}; "
        f"to remove it: {how_to_remove(environment, one)}"
        for one in found
    ]


def sentences(aws: Aws, stack: str, stack_id: str, outcome: Outcome) -> Sequence[str]:
    """Return the report: how it ended, the first cause, the hint, the state, what was left behind, where to see it."""
    cause = root_cause(outcome.events)
    reason = (cause.reason if cause else outcome.reason) or "AWS gave no reason"
    place = f"{cause.logical_id} ({cause.type}), {cause.status}: " if cause else ""
    details = early_validation.failures_of_stack(aws, stack_id) if "DescribeEvents" in reason else []
    return [
        f"{stack}: it failed after {outcome.seconds:.0f} s and is in {outcome.status}.",
        f"First cause: {place}{reason}",
        *details,
        search.hint([reason, *details]),
        f"State: {operations.left(outcome.kind, outcome.status)}",
        *lines_on_left(aws.environment, left_behind(outcome)),
        f"Events: {console_links.events(aws.environment, stack_id)}",
    ]
