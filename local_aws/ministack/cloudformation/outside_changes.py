"""What somebody deleted outside its stack is not there to be updated: the update fails, and so does its roll-back.

MiniStack makes such a resource anew, under another identity, without a word.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html#troubleshooting-errors-update-rollback-failed
"""

from typing import Any

from ministack.services import kms
from ministack.services.cloudformation import drift, provisioners
from ministack.services.cloudformation import stacks as lifecycle

from local_aws.ministack.cloudformation.handler_reasons import handler_reason

Properties = dict[str, Any]


def miss_what_was_deleted() -> None:
    """Have an update of a resource fail that is there no more; one that replaces the resource makes a new one."""
    update = lifecycle._update_resource
    drift._DRIFT_READERS.setdefault("AWS::KMS::Key", (_read_key, frozenset()))

    def update_resource(
        resource_type: str,
        physical_id: str,
        old: Properties,
        new: Properties,
        stack_name: str,
        logical_id: str | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> tuple[str, dict[str, Any]]:
        if old != new and not provisioners._replacing_change(resource_type, old, new):
            _check(resource_type, physical_id, old)
        made: tuple[str, dict[str, Any]] = update(
            resource_type, physical_id, old, new, stack_name, logical_id, attributes
        )
        return made

    for module in (lifecycle, provisioners):
        module._update_resource = update_resource


def _check(resource_type: str, physical_id: str, properties: Properties) -> None:
    read, _readable = drift._DRIFT_READERS.get(resource_type, (None, None))
    if read is not None and read(physical_id, properties) is None:
        sentence = f"Resource of type '{resource_type}' with identifier '{physical_id}' was not found."
        raise ValueError(handler_reason(sentence, "NotFound"))


def _read_key(physical_id: str, _properties: Properties) -> Properties | None:
    return {} if kms._resolve_key(physical_id) is not None else None
