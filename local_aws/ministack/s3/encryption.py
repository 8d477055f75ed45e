"""Which customer's key of KMS stands behind an object, a parameter, a secret or a topic of MiniStack.

Call everything here within a request or ``acting_in``. For a key that AWS manages there is None: its policy lets
whoever may use the service use the key.
"""

from collections.abc import Mapping
from typing import Any

from ministack.services import kms, s3, secretsmanager, sns, ssm

_KEY_ID = "x-amz-server-side-encryption-aws-kms-key-id"
_AWS_MANAGED = "alias/aws/"


def customer_key(reference: object) -> str | None:
    """Return the ARN of a customer's key by its id, ARN or alias."""
    name = str(reference or "")
    record = None if not name or _AWS_MANAGED in name else kms._resolve_key(name)
    return None if record is None else str(record["Arn"])


def key_of_object(bucket: str, name: str, version: str) -> str | None:
    """Return the key under which an object lies, at a version (empty: the latest)."""
    if version:
        versions = s3._object_versions.get((bucket, name), [])
        record = next((one for one in versions if one["version_id"] == version), None)
    else:
        record = (s3._buckets.get(bucket) or {"objects": {}})["objects"].get(name)
    return _key_in(record)


def key_for_object(bucket: str, headers: Mapping[str, str]) -> str | None:
    """Return the key under which an object is to be put: what the request says, else the bucket's default."""
    if headers.get("x-amz-server-side-encryption"):
        return customer_key(headers.get(_KEY_ID))
    return customer_key(s3._bucket_default_sse_headers(bucket).get(_KEY_ID))


def key_of_upload(upload_id: str) -> str | None:
    """Return the key of an upload in parts."""
    return _key_in(s3._multipart_uploads.get(upload_id))


def shares_bucket_key(bucket: str) -> bool:
    """Return whether one data key serves all of a bucket: then the bucket is the encryption context, not the object.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
    """
    return "<BucketKeyEnabled>true<" in (s3._bucket_encryption.get(bucket) or "")


def secure_parameter(name: str) -> tuple[str, str] | None:
    """Give (ARN, key) of a SecureString under a customer's key."""
    record = ssm._lookup_parameter(name)[1] or {}
    key = customer_key(record.get("KeyId")) if record.get("Type") == "SecureString" else None
    return (str(record["ARN"]), key) if key else None


def encrypted_secret(name: str) -> tuple[str, str] | None:
    """Give (ARN, key) of a secret under a customer's key."""
    record = secretsmanager._resolve(name)[1] or {}
    key = customer_key(record.get("KmsKeyId"))
    return (str(record["ARN"]), key) if key else None


def key_of_topic(arn: str) -> str | None:
    """Return the key of a topic."""
    topic = sns._topics.get(arn) or {}
    return customer_key((topic.get("attributes") or {}).get("KmsMasterKeyId"))


def _key_in(record: Mapping[str, Any] | None) -> str | None:
    return customer_key(((record or {}).get("preserved_headers") or {}).get(_KEY_ID))
