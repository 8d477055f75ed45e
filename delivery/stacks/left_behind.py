"""What an operation on a stack could not delete, or was told to leave: it stays in the account."""

from collections.abc import Sequence

from delivery.model.stacks import Resource
from delivery.output.deletion_table import how_to_remove
from delivery.stacks.follow import Outcome
from settings.environment import Environment

STAYS = ("DELETE_SKIPPED", "DELETE_FAILED")
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html"""


def of(outcome: Outcome) -> Sequence[Resource]:
    """Return the resources whose last event says that they were not deleted.

    A replaced resource and its successor have the same logical id, so they are told apart by the physical one.
    """
    last = {(one.logical_id, one.physical_id): one for one in outcome.events if not one.of_the_stack}
    return [
        Resource(one.logical_id, one.physical_id, one.type, one.status, one.reason)
        for one in last.values()
        if one.status in STAYS and one.physical_id
    ]


def lines(environment: Environment, found: Sequence[Resource]) -> Sequence[str]:
    """Say of each resource what it is, why it stays where AWS says so, and how it is removed."""
    return [
        f"Left behind: {one.logical_id} ({one.type}) {one.physical_id}{f': {one.reason}' if one.reason else ''}; "
        f"to remove it: {how_to_remove(environment, one)}"
        for one in found
    ]
