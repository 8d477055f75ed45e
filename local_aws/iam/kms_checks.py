"""What a service asks of KMS in its caller's name, when it reads or writes what lies under a customer's key."""

from collections.abc import Iterator, Mapping
from typing import Any

from local_aws.iam.implied_actions import (
    DECRYPT_OBJECT,
    DECRYPT_PARAMETER,
    DECRYPT_SECRET,
    ENCRYPT_MESSAGE,
    ENCRYPT_OBJECT,
    ENCRYPT_PARAMETER,
    ENCRYPT_SECRET,
)
from local_aws.iam.request import Request
from local_aws.iam.trace import Asked
from local_aws.ministack.s3 import encryption

_OF_THE_OBJECT = frozenset({"versionId", "partNumber", "x-id"})
"""Parameters of a query that leave GetObject and PutObject what they are; others make another operation of it."""

_COPY_SOURCE = "x-amz-copy-source"


def of_objects(request: Request) -> Iterator[Asked]:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html."""
    bucket, _, name = request.path.lstrip("/").partition("/")
    if not name:
        return
    upload = (request.query.get("uploadId") or [""])[0]
    if request.headers.get(_COPY_SOURCE):
        source, _, version = request.headers[_COPY_SOURCE].lstrip("/").partition("?versionId=")
        copied_bucket, _, copied_name = source.partition("/")
        yield from _asked(
            DECRYPT_OBJECT, request, encryption.key_of_object(copied_bucket, copied_name, version), source
        )
    if upload:
        yield from _asked(DECRYPT_OBJECT, request, encryption.key_of_upload(upload), f"{bucket}/{name}")
    elif request.method == "GET" and _is_plain(request):
        version = (request.query.get("versionId") or [""])[0]
        yield from _asked(DECRYPT_OBJECT, request, encryption.key_of_object(bucket, name, version), f"{bucket}/{name}")
    elif (request.method == "PUT" and _is_plain(request)) or "uploads" in request.query:
        key = encryption.key_for_object(bucket, request.headers)
        yield from _asked(ENCRYPT_OBJECT, request, key, f"{bucket}/{name}")


def _is_plain(request: Request) -> bool:
    return all(name in _OF_THE_OBJECT or name.startswith(("response-", "X-Amz-")) for name in request.query)


def _asked(step: str, request: Request, key: str | None, place: str) -> Iterator[Asked]:
    if key is not None:
        bucket = place.partition("/")[0]
        context = bucket if encryption.shares_bucket_key(bucket) else place
        yield Asked(step, key, _context(request, "aws:s3:arn", f"arn:aws:s3:::{context}"))


def of_parameters(request: Request) -> Iterator[Asked]:
    """https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html."""
    members = request.members
    if request.operation == "PutParameter" and members.get("Type") == "SecureString":
        key = encryption.customer_key(members.get("KeyId"))
        if key is not None:
            arn = request.arn("ssm", f"parameter/{str(members.get('Name')).removeprefix('/')}")
            yield Asked(ENCRYPT_PARAMETER, key, _context(request, "PARAMETER_ARN", arn))
    if request.operation in {"GetParameter", "GetParameters"} and members.get("WithDecryption"):
        for name in [members["Name"]] if "Name" in members else members.get("Names") or []:
            found = encryption.secure_parameter(str(name))
            if found is not None:
                yield Asked(DECRYPT_PARAMETER, found[1], _context(request, "PARAMETER_ARN", found[0]))


def of_secrets(request: Request) -> Iterator[Asked]:
    """https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html."""
    members = request.members
    if request.operation == "CreateSecret":
        key = encryption.customer_key(members.get("KmsKeyId"))
        found = (request.arn("secretsmanager", f"secret:{members.get('Name')}"), key) if key else None
    else:
        found = encryption.encrypted_secret(str(members.get("SecretId") or ""))
    step = {"GetSecretValue": DECRYPT_SECRET, "CreateSecret": ENCRYPT_SECRET, "PutSecretValue": ENCRYPT_SECRET}.get(
        request.operation
    )
    if step is not None and found is not None:
        yield Asked(step, found[1], _context(request, "SecretARN", found[0]))


def of_messages(request: Request) -> Iterator[Asked]:
    """https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html."""
    if (request.parameters.get("Action") or [""])[0] in {"Publish", "PublishBatch"}:
        topic = (request.parameters.get("TopicArn") or [""])[0]
        key = encryption.key_of_topic(topic)
        if key is not None:
            yield Asked(ENCRYPT_MESSAGE, key, _context(request, "aws:sns:topicArn", topic))


def _context(request: Request, name: str, value: str) -> Mapping[str, Any]:
    """Return the keys of an encryption context with one member.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
    """
    return {
        f"kms:EncryptionContext:{name}": value,
        "kms:EncryptionContextKeys": [name],
        "kms:CallerAccount": request.account_id,
    }
