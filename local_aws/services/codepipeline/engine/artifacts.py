"""Where artifacts lie: keys as CodePipeline makes them, and the bucket reached as the acting role."""

import secrets
import shutil
import string
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from aws_facts.codepipeline import folder_of_artifact
from local_aws.iam.implied_actions import FIND_BUCKET, READ_ARTIFACT
from local_aws.iam.trace import Asked, Refusal
from local_aws.platform.context import Credentials
from local_aws.services.codepipeline.engine.ports import Access, ActionError
from local_aws.services.codepipeline.store.records import Location

RANDOM_LENGTH = 7

RefusalOf = Callable[[str, Asked], Refusal | None]
"""Asks IAM for what a step needs, in the name of an access key's principal; None where nothing is refused."""


def new_location(bucket: str, pipeline: str, artifact: str) -> Location:
    """Return a fresh place in the folder of the artifact, named as ``cruddur-backend-farg/SourceArti/1R4bSSJ`` is."""
    alphabet = string.ascii_letters + string.digits
    random = "".join(secrets.choice(alphabet) for _ in range(RANDOM_LENGTH))
    return Location(bucket, f"{folder_of_artifact(pipeline, artifact)}/{random}")


class S3ArtifactStore:
    """Artifacts in Amazon S3; ``client`` gives a botocore client for a service and credentials."""

    def __init__(self, client: Callable[[str, Credentials], Any], refusal: RefusalOf) -> None:
        self._client = client
        self._refusal = refusal

    def put(self, location: Location, content: BinaryIO, access: Access) -> None:
        """Write an artifact under the key; what S3 or KMS refuses is a ``PermissionError`` of the action."""
        key = access.encryption_key
        encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key} if key else {}
        with _refusals(f"The artifact can't be written to bucket: {location.bucket} key: {location.key}."):
            self._ask(FIND_BUCKET, f"arn:aws:s3:::{location.bucket}", access)
            self._client("s3", access.credentials()).put_object(
                Bucket=location.bucket, Key=location.key, Body=content, ContentType="application/zip", **encryption
            )

    @contextmanager
    def get(self, location: Location, access: Access) -> Iterator[BinaryIO]:
        """Read an artifact into a file; what S3 or KMS refuses is a ``PermissionError`` of the action."""
        told = (
            f"Unable to access the artifact with Amazon S3 object key '{location.key}' located in the Amazon S3 "
            f"artifact bucket '{location.bucket}'."
        )
        with tempfile.TemporaryFile() as file:
            with _refusals(told):
                self._ask(READ_ARTIFACT, f"arn:aws:s3:::{location.bucket}/{location.key}", access)
                answer = self._client("s3", access.credentials()).get_object(Bucket=location.bucket, Key=location.key)
                shutil.copyfileobj(answer["Body"], file)
            file.seek(0)
            yield file

    def _ask(self, step: str, resource: str, access: Access) -> None:
        refused = self._refusal(access.credentials().access_key_id, Asked(step, resource))
        if refused is not None:
            raise ActionError("PermissionError", refused.sentence)


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
