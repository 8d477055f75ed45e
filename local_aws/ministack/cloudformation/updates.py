"""What an update of a MiniStack's stack tells: of the resources that it changes or makes, and of no others.

MiniStack leaves alone a resource whose properties stay as they are, yet tells of an update; and it calls the creation
of a resource by an update an update, too.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks.html
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import stacks as lifecycle

from local_aws.ministack.cloudformation.resource_changes import Change, Made, Make, around_each_change

_BEGUN, _DONE, _FAILED = "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", "UPDATE_FAILED"
_MADE = {_BEGUN: "CREATE_IN_PROGRESS", _DONE: "CREATE_COMPLETE", _FAILED: "CREATE_FAILED"}
_ENDED = frozenset({_DONE, _FAILED})

Key = tuple[str, str]
"""A stack's id, and a resource's logical id in it."""
Tell = Callable[..., None]


@dataclass(frozen=True)
class _Event:
    """One event of a resource, by MiniStack's own names."""

    stack_id: str
    stack_name: str
    logical_id: str
    resource_type: str
    status: str
    reason: str
    physical_id: str
    detailed_status: str

    @property
    def key(self) -> Key:
        return self.stack_id, self.logical_id

    @property
    def record(self) -> dict[str, Any] | None:
        """What the stack holds under that logical id."""
        stack = cloudformation._stacks.get(self.stack_name) or {}
        found: dict[str, Any] | None = (stack.get("_resources") or {}).get(self.logical_id)
        return found

    @property
    def of_the_stack(self) -> bool:
        return self.resource_type == "AWS::CloudFormation::Stack" and self.logical_id == self.stack_name


class _Telling:
    """Holds back that an update of a resource began until it is known whether anything of it changes."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._held: dict[Key, tuple[_Event, dict[str, Any]]] = {}
        self._made: set[Key] = set()

    def hear(self, event: _Event) -> None:
        """Report an event, under its right name; or hold it back, or forget it."""
        if event.of_the_stack or event.status not in _MADE:
            self._pass_on(event)
        elif event.status == _BEGUN and not event.reason and not event.physical_id:
            self._begin(event)
        elif event.key in self._made or (event.status == _FAILED and event.record is None):
            self._tell_of_creation(event)
        elif event.key in self._held:
            self._settle(event)
        else:
            self._pass_on(event)

    def touched(self, key: Key) -> None:
        """Hear that a resource is changed: that its update began is told."""
        held = self._held.pop(key, None)
        if held is not None:
            self._pass_on(held[0])

    def _begin(self, event: _Event) -> None:
        record = event.record
        if record is None:
            self._made.add(event.key)
            self._tell_of_creation(event)
        else:
            self._held[event.key] = event, dict(record)

    def _tell_of_creation(self, event: _Event) -> None:
        status = _MADE[event.status]
        if event.status == _DONE and event.record is not None:
            event.record["ResourceStatus"] = status
        if event.status in _ENDED:
            self._made.discard(event.key)
        self._pass_on(event, status)

    def _settle(self, event: _Event) -> None:
        """Report what follows on a held beginning; a resource that was not changed keeps its status and time."""
        _begun, before = self._held[event.key]
        if event.status == _BEGUN:
            del self._held[event.key]
            self._pass_on(event)
        elif event.status == _DONE and event.record is not None and before["ResourceStatus"].endswith("_COMPLETE"):
            del self._held[event.key]
            event.record.update({name: before[name] for name in ("ResourceStatus", "Timestamp")})
        else:
            self.touched(event.key)
            self._pass_on(event)

    def _pass_on(self, event: _Event, status: str = "") -> None:
        self._tell(
            event.stack_id,
            event.stack_name,
            event.logical_id,
            event.resource_type,
            status or event.status,
            event.reason,
            event.physical_id,
            event.detailed_status,
        )


def tell_of_changes_only() -> None:
    """Have updates tell of what they change and make; a resource that stays as it is keeps its status."""
    telling = _Telling(lifecycle._add_event)

    def add_event(  # noqa: PLR0913, PLR0917 - MiniStack's own signature
        stack_id: str,
        stack_name: str,
        logical_id: str,
        resource_type: str,
        status: str,
        reason: str = "",
        physical_id: str = "",
        detailed_status: str = "",
    ) -> None:
        telling.hear(
            _Event(stack_id, stack_name, logical_id, resource_type, status, reason, physical_id, detailed_status)
        )

    def touched(change: Change, make: Make) -> Made:
        stack = change.stack
        if change.is_update and stack is not None and change.logical_id:
            telling.touched((stack["StackId"], change.logical_id))
        return make()

    lifecycle._add_event = add_event
    around_each_change(touched)
