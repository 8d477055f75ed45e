"""Where artifacts lie: keys as CodePipeline makes them, and the bucket reached with a role's credentials."""

import secrets
import string
from collections.abc import Callable
from typing import Any

from local_aws.host import Credentials
from local_aws.pipelines.handlers import ActionError
from local_aws.pipelines.records import Location

PIPELINE_LENGTH = 20
ARTIFACT_LENGTH = 10
RANDOM_LENGTH = 7


def new_location(bucket: str, pipeline: str, artifact: str) -> Location:
    """Give a fresh place: ``pipeline/artifact/random``, names cut as in ``cruddur-backend-farg/SourceArti/1R4bSSJ``."""
    alphabet = string.ascii_letters + string.digits
    random = "".join(secrets.choice(alphabet) for _ in range(RANDOM_LENGTH))
    return Location(bucket, f"{pipeline[:PIPELINE_LENGTH]}/{artifact[:ARTIFACT_LENGTH]}/{random}")


class S3ArtifactStore:
    """Artifacts in Amazon S3; ``client`` gives a botocore client for a service and credentials."""

    def __init__(self, client: Callable[[str, Credentials], Any]) -> None:
        self._client = client

    def put(self, location: Location, content: bytes, encryption_key: str, credentials: Credentials) -> None:
        """Write an artifact under the key; what S3 refuses is a ``PermissionError`` of the action."""
        from botocore.exceptions import ClientError  # noqa: PLC0415  loaded when the first artifact moves

        encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": encryption_key} if encryption_key else {}
        try:
            self._client("s3", credentials).put_object(
                Bucket=location.bucket, Key=location.key, Body=content, ContentType="application/zip", **encryption
            )
        except ClientError as error:
            raise ActionError(
                "PermissionError",
                f"Upload to S3 with the following error: {error.response['Error'].get('Message', error)} "
                f"(bucket: {location.bucket}, key: {location.key})",
            ) from error

    def get(self, location: Location, credentials: Credentials) -> bytes:
        """Read an artifact; what S3 refuses is a ``PermissionError`` of the action."""
        from botocore.exceptions import ClientError  # noqa: PLC0415  loaded when the first artifact moves

        try:
            answer = self._client("s3", credentials).get_object(Bucket=location.bucket, Key=location.key)
            return bytes(answer["Body"].read())
        except ClientError as error:
            raise ActionError(
                "PermissionError",
                f"Unable to access the artifact with Amazon S3 object key '{location.key}' located in the Amazon S3 "
                f"artifact bucket '{location.bucket}'. {error.response['Error'].get('Message', error)}",
            ) from error
