"""The events of a stack, read as they come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from delivery.aws.session import Aws

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef


@dataclass(frozen=True)
class Event:
    """One event. ``status`` is CloudFormation's own word; ``token`` names the request that it comes from, if given."""

    id: str
    time: datetime
    stack_id: str
    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str
    token: str

    @property
    def of_the_stack(self) -> bool:
        """Whether it speaks of the stack itself rather than of one of its resources."""
        return self.physical_id == self.stack_id


class EventReader:
    """Reads the events of one stack, each of them once, oldest first.

    It begins after ``last_seen``, an event's id; with ``None``, at the first event of the stack.
    """

    def __init__(self, aws: Aws, stack_id: str, last_seen: str | None) -> None:
        self._aws = aws
        self._stack_id = stack_id
        self._last_seen = last_seen

    def read(self) -> Sequence[Event]:
        """Return the events that came since the last time."""
        new: list[Event] = []
        pages = self._aws.cloudformation.get_paginator("describe_stack_events").paginate(StackName=self._stack_id)
        for found in (event for page in pages for event in page["StackEvents"]):
            if found["EventId"] == self._last_seen:
                break
            new.append(_event(found))
        if new:
            self._last_seen = new[0].id
        return new[::-1]


def latest(aws: Aws, stack_id: str) -> Event | None:
    """Return the newest event of the stack."""
    found = aws.cloudformation.describe_stack_events(StackName=stack_id)["StackEvents"]
    return _event(found[0]) if found else None


def beginning_of(aws: Aws, stack_id: str, token: str) -> tuple[str | None, Event | None]:
    """Return the id of the last event before the request with that token, and the first event of the stack after it.

    That is an event of the stack itself: one of a resource, as a signal that came, may have another token or none.
    """
    pages = aws.cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id)
    first: Event | None = None
    for found in (_event(event) for page in pages for event in page["StackEvents"]):
        if found.token != token and found.of_the_stack:
            return found.id, first
        first = found if found.of_the_stack else first
    return None, first


def _event(found: StackEventTypeDef) -> Event:
    return Event(
        id=found["EventId"],
        time=found["Timestamp"],
        stack_id=found["StackId"],
        logical_id=found.get("LogicalResourceId", ""),
        physical_id=found.get("PhysicalResourceId", ""),
        type=found.get("ResourceType", ""),
        status=found.get("ResourceStatus", ""),
        reason=found.get("ResourceStatusReason", ""),
        token=found.get("ClientRequestToken", ""),
    )
