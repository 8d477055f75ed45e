"""What a stack meets that is not as it left it: a resource that is gone, or one that holds something by now.

MiniStack makes one that is gone anew, under another identity, without a word.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html#troubleshooting-errors-update-rollback-failed
"""

from http import HTTPStatus

from ministack.core import responses
from ministack.services import ecr, kms, s3
from ministack.services.cloudformation import drift

from local_aws.ministack.cloudformation.handler_reasons import handler_reason, service_message
from local_aws.ministack.cloudformation.resource_changes import Change, Made, Make, around_each_change
from local_aws.ministack.cloudformation.stacks import Properties, delete_by


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


def keep_what_is_not_empty() -> None:
    """Have stacks delete buckets and repositories by their services' own rules."""
    delete_by("AWS::S3::Bucket", _delete_bucket)
    delete_by("AWS::ECR::Repository", _delete_repository)


def _delete_bucket(name: str, properties: Properties) -> None:
    """Delete a bucket. One with objects, or older versions of some, raises ``ValueError``."""
    del properties
    versioned = name in s3._bucket_versioning
    status = s3._delete_bucket(name)[0]
    if status == HTTPStatus.CONFLICT:
        every = ". You must delete all versions in the bucket." if versioned else ""
        raise _refused(f"The bucket you tried to delete is not empty{every}", "S3", status)


def _delete_repository(name: str, properties: Properties) -> None:
    """Delete a repository. One with images raises ``ValueError``, but where the template says ``EmptyOnDelete``."""
    force = str(properties.get("EmptyOnDelete", False)).lower() == "true"
    if not force and ecr._images.get(name):
        sentence = (
            f"The repository with name '{name}' in registry with id '{responses.get_account_id()}' cannot be deleted "
            "because it still contains images"
        )
        raise _refused(sentence, "Ecr", HTTPStatus.BAD_REQUEST)
    ecr._delete_repository({"repositoryName": name, "force": force})


def _refused(sentence: str, service: str, status: int) -> ValueError:
    return ValueError(handler_reason(service_message(sentence, service, status), "GeneralServiceException"))
