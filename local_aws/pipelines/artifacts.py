"""Where artifacts lie: keys as CodePipeline makes them, and the bucket reached as the acting role."""

import secrets
import string
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from local_aws.host import Credentials
from local_aws.pipelines.handlers import Access, ActionError
from local_aws.pipelines.records import Location

PIPELINE_LENGTH = 20
ARTIFACT_LENGTH = 10
RANDOM_LENGTH = 7

MayUseKey = Callable[[str, str, str, Mapping[str, Any]], bool]
"""Tells whether a role (ARN) may do a KMS action with a key (id or ARN): no call of the role's own carries that."""


def new_location(bucket: str, pipeline: str, artifact: str) -> Location:
    """Give a fresh place: ``pipeline/artifact/random``, names cut as in ``cruddur-backend-farg/SourceArti/1R4bSSJ``."""
    alphabet = string.ascii_letters + string.digits
    random = "".join(secrets.choice(alphabet) for _ in range(RANDOM_LENGTH))
    return Location(bucket, f"{pipeline[:PIPELINE_LENGTH]}/{artifact[:ARTIFACT_LENGTH]}/{random}")


class S3ArtifactStore:
    """Artifacts in Amazon S3; ``client`` gives a botocore client for a service and credentials."""

    def __init__(self, client: Callable[[str, Credentials], Any], may_use_key: MayUseKey, region: str) -> None:
        self._client = client
        self._may_use_key = may_use_key
        self._region = region

    def put(self, location: Location, content: bytes, access: Access) -> None:
        """Write an artifact under the key; what S3 or KMS refuses is a ``PermissionError`` of the action."""
        key = access.encryption_key
        encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key} if key else {}
        with _refusals(f"The artifact can't be written to bucket: {location.bucket} key: {location.key}."):
            self._check_key("kms:GenerateDataKey", location, access)
            self._client("s3", access.credentials()).put_object(
                Bucket=location.bucket, Key=location.key, Body=content, ContentType="application/zip", **encryption
            )

    def get(self, location: Location, access: Access) -> bytes:
        """Read an artifact; what S3 or KMS refuses is a ``PermissionError`` of the action."""
        told = (
            f"Unable to access the artifact with Amazon S3 object key '{location.key}' located in the Amazon S3 "
            f"artifact bucket '{location.bucket}'."
        )
        with _refusals(told):
            answer = self._client("s3", access.credentials()).get_object(Bucket=location.bucket, Key=location.key)
            self._check_key("kms:Decrypt", location, access)
            return bytes(answer["Body"].read())

    def _check_key(self, action: str, location: Location, access: Access) -> None:
        """Refuse where the role may not use the key: S3 asks KMS in the role's name."""
        context = {
            "kms:ViaService": f"s3.{self._region}.amazonaws.com",
            "kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{location.bucket}/{location.key}",
        }
        if access.encryption_key and not self._may_use_key(access.role_arn, action, access.encryption_key, context):
            sentence = f"{access.role_arn} is not authorized to perform: {action} on resource: {access.encryption_key}"
            raise ActionError("PermissionError", sentence)


@contextmanager
def _refusals(told: str) -> Iterator[None]:
    """Put ``told`` in front of what S3 or KMS says."""
    from botocore.exceptions import ClientError  # noqa: PLC0415  loaded when the first artifact moves

    try:
        yield
    except ActionError as error:
        raise ActionError(error.code, f"{told} {error.message}") from error
    except ClientError as error:
        raise ActionError("PermissionError", f"{told} {error.response['Error'].get('Message', error)}") from error
