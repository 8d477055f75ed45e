"""What is asked of CloudFormation for one stack: the template, its parameters, and the stack as it is now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from delivery.model.plan import Operation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from delivery.model.manifest import Manifest, Stack
    from delivery.model.stacks import StandingStack
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
    standing: StandingStack | None
    review: StandingStack | None
    import_existing: bool

    @property
    def operation(self) -> Operation:
        """Whether the stack is made or updated."""
        return Operation.CREATE if self.standing is None else Operation.UPDATE
