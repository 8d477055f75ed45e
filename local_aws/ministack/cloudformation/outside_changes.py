"""What somebody deleted outside its stack is not there to be updated: the update fails, and so does its roll-back.

MiniStack makes such a resource anew, under another identity, without a word.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html#troubleshooting-errors-update-rollback-failed
"""

from ministack.services import kms
from ministack.services.cloudformation import drift

from local_aws.ministack.cloudformation.handler_reasons import handler_reason
from local_aws.ministack.cloudformation.resource_changes import Change, Made, Make, Properties, around_each_change


def miss_what_was_deleted() -> None:
    """Have an update of a resource fail that is there no more; one that replaces the resource makes a new one."""
    drift._DRIFT_READERS.setdefault("AWS::KMS::Key", (_read_key, frozenset()))
    around_each_change(_checked)


def _checked(change: Change, make: Make) -> Made:
    if change.old is not None and change.is_update and not change.replaces:
        _check(change.resource_type, change.physical_id, change.old)
    return make()


def _check(resource_type: str, physical_id: str, properties: Properties) -> None:
    read, _readable = drift._DRIFT_READERS.get(resource_type, (None, None))
    if read is not None and read(physical_id, properties) is None:
        sentence = f"Resource of type '{resource_type}' with identifier '{physical_id}' was not found."
        raise ValueError(handler_reason(sentence, "NotFound"))


def _read_key(physical_id: str, _properties: Properties) -> Properties | None:
    return {} if kms._resolve_key(physical_id) is not None else None
