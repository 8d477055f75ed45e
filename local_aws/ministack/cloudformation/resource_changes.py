"""How a stack's operation makes and changes its resources, and how it is rolled back: corrections of ours come in here.

What is wrapped last is the outermost.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers, provisioners
from ministack.services.cloudformation import stacks as lifecycle

from aws_facts.registry_schemas import typed

Stack = dict[str, Any]
Properties = dict[str, Any]
Operation = dict[str, Any]
Made = tuple[str, dict[str, Any]]
"""A resource's physical id, and its attributes."""


@dataclass(frozen=True)
class Change:
    """A resource that a stack makes, ``old`` being ``None``, or brings from ``old`` to ``new`` properties."""

    stack_name: str
    logical_id: str
    resource_type: str
    new: Properties
    old: Properties | None = None
    physical_id: str = ""

    @property
    def stack(self) -> Stack | None:
        """The stack, or ``None`` for one that is gone."""
        stack: Stack | None = cloudformation._stacks.get(self.stack_name)
        return stack

    @property
    def is_update(self) -> bool:
        """Whether properties of a resource that is there are changed; an update also visits what stays as it is."""
        return self.old is not None and self.old != self.new

    @property
    def replaces(self) -> bool:
        """Whether the resource is replaced by a new one."""
        return self.is_update and bool(provisioners._replacing_change(self.resource_type, self.old, self.new))


Make = Callable[[], Made]
RollBack = Callable[[Operation], Awaitable[None]]


def around_each_change(step: Callable[[Change, Make], Made]) -> None:
    """Have ``step`` make each change: it calls what it is given, and raises ``ValueError`` with a reason to refuse."""
    provision, update = lifecycle._provision_resource, lifecycle._update_resource

    def provision_resource(resource_type: str, logical_id: str, properties: Properties, stack_name: str) -> Made:
        return step(
            Change(stack_name, logical_id, resource_type, properties),
            lambda: provision(resource_type, logical_id, properties, stack_name),
        )

    def update_resource(
        resource_type: str,
        physical_id: str,
        old: Properties,
        new: Properties,
        stack_name: str,
        logical_id: str | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> Made:
        return step(
            Change(stack_name, logical_id or "", resource_type, new, old, physical_id),
            lambda: update(resource_type, physical_id, old, new, stack_name, logical_id, attributes),
        )

    # Nested stacks are worked on in the second.
    for module in (lifecycle, provisioners):
        module._provision_resource = provision_resource
        module._update_resource = update_resource


def read_values_by_type() -> None:
    """Have resources made of values of the types that their schemas ask for; call it before others see changes."""
    provision, update = lifecycle._provision_resource, lifecycle._update_resource

    def provision_resource(resource_type: str, logical_id: str, properties: Properties, stack_name: str) -> Made:
        made: Made = provision(resource_type, logical_id, typed(resource_type, properties), stack_name)
        return made

    def update_resource(resource_type: str, physical_id: str, old: Properties, new: Properties, *rest: Any) -> Made:  # noqa: ANN401 - MiniStack's own
        before, after = typed(resource_type, old), typed(resource_type, new)
        made: Made = update(resource_type, physical_id, before, after, *rest)
        return made

    for module in (lifecycle, provisioners):
        module._provision_resource = provision_resource
        module._update_resource = update_resource


def around_each_roll_back(step: Callable[[Stack, Operation, RollBack], Awaitable[None]]) -> None:
    """Have ``step`` roll each operation back: it awaits what it is given, with the operation or an altered one."""
    original = lifecycle._roll_back_operation

    async def roll_back_operation(
        stack_name: str, stack_id: str, stack: Stack, operation: Operation, reason_override: str = ""
    ) -> None:
        async def roll_back(altered: Operation) -> None:
            await original(stack_name, stack_id, stack, altered, reason_override)

        await step(stack, operation, roll_back)

    # The request handlers have their own name for it.
    lifecycle._roll_back_operation = handlers._roll_back_operation = roll_back_operation
