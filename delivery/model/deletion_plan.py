"""What deleting a stack would do: which resources go with it, and which stay. Computed once, shown, and then done."""

from collections.abc import Sequence
from dataclasses import dataclass

from delivery.aws.session import Aws
from delivery.model import stacks, stateful_types
from delivery.model.stacks import Resource, StackState


@dataclass(frozen=True)
class Removal:
    """One stack, the resources that would be deleted with it, and those that would stay in the account."""

    standing: StackState
    deleted: Sequence[Resource]
    retained: Sequence[Resource]
    losses: Sequence[str]
    """What would be lost with the deleted ones, one sentence each."""


def plan(aws: Aws, standing: StackState) -> Removal:
    """Sort the resources of the stack by the deletion policies of the template that it was deployed with."""
    declared = stacks.template(aws, standing.id).get("Resources") or {}
    present = [one for one in stacks.resources(aws, standing.id) if one.is_there]
    retained = [one for one in present if stateful_types.is_kept(declared.get(one.logical_id, {}))]
    deleted = [one for one in present if one not in retained]
    return Removal(standing, deleted, retained, _losses(deleted))


def _losses(deleted: Sequence[Resource]) -> Sequence[str]:
    return [
        f"{one.logical_id} ({one.type}) {one.physical_id}: {stateful_types.TYPES[one.type]}"
        for one in deleted
        if one.type in stateful_types.TYPES
    ]
