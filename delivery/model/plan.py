"""A plan: what one deployment of one stack would change. Computed once, drawn, and executed as it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Operation(StrEnum):
    """What is done to the stack as a whole; CloudFormation's change set types."""

    CREATE = "CREATE"
    UPDATE = "UPDATE"


class Action(StrEnum):
    """What happens to one resource."""

    ADDED = "added"
    IMPORTED = "imported"
    CHANGED = "changed"
    MAY_CHANGE = "may change"
    """It refers to a resource that changes; only when that is done is it known whether this one changes too."""
    MAY_BE_REPLACED = "may be replaced"
    REPLACED = "replaced"
    REMOVED = "removed"


@dataclass(frozen=True)
class PropertyChange:
    """One property that changes. ``cause`` says from what, in words; before and after are JSON values, if known."""

    path: str
    cause: str
    before: Any
    after: Any
    replaces: bool
    """Whether a change of this property makes a new resource."""


@dataclass(frozen=True)
class ResourceChange:
    """One resource that changes. ``loss`` says what would be lost, for a stateful one that is replaced or removed."""

    action: Action
    logical_id: str
    type: str
    physical_id: str
    properties: Sequence[PropertyChange]
    loss: str | None
    kept: bool
    """Whether the present resource stays in the account when it is removed or replaced."""


@dataclass(frozen=True)
class ValueChange:
    """A parameter, tag or output of the stack that changes; ``None`` where it is not there."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class StackPlan:
    """All that one change set would do, and the change set that does it."""

    stack: str
    stack_id: str
    operation: Operation
    change_set: str
    """The change set's name."""
    change_set_id: str
    resources: Sequence[ResourceChange]
    parameters: Sequence[ValueChange]
    tags: Sequence[ValueChange]
    outputs: Sequence[ValueChange]

    def losses(self) -> Sequence[ResourceChange]:
        """Return the replacements and removals of stateful resources."""
        return [change for change in self.resources if change.loss is not None]

    def count(self, action: Action) -> int:
        """Count the resources to which that happens."""
        return sum(change.action is action for change in self.resources)
