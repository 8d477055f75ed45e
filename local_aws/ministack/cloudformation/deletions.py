"""Buckets and repositories that hold something: a stack can't delete them, as little as anybody else can."""

from http import HTTPStatus

from ministack.core import responses
from ministack.services import ecr, s3

from local_aws.ministack.cloudformation.handler_reasons import handler_reason, service_message
from local_aws.ministack.cloudformation.stacks import Properties, delete_by


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
