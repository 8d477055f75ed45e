"""What is asked of CloudFormation for one stack: the template, its parameters, and the stack as it is now."""

from collections.abc import Mapping
from dataclasses import dataclass

from delivery.model.manifest import Manifest, Stack
from delivery.model.plan import Operation
from delivery.model.stacks import StackState
from delivery.model.templates import Template


@dataclass(frozen=True)
class Request:
    """What a stack shall become.

    ``standing`` is what it is now, ``None`` where it is to be created; ``review`` is the empty stack that a review has
    left, into which the change set of a creation goes.
    """

    manifest: Manifest
    stack: Stack
    template: Template
    values: Mapping[str, str]
    standing: StackState | None
    review: StackState | None
    import_existing: bool

    @property
    def operation(self) -> Operation:
        """Whether the stack is made or updated."""
        return Operation.CREATE if self.standing is None else Operation.UPDATE
