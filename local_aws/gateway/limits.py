"""How large a request may be."""

from pathlib import Path

from local_aws.gateway.bodies import Limit
from local_aws.gateway.request import Request

LARGEST_COMMAND = 1 << 24
LARGEST_SIGNAL = 1 << 14
_LARGEST_REQUEST = 1 << 24
"""Bytes of a request that carries no object: the most that a service of AWS takes, which is DynamoDB's batch."""

_LARGEST_OBJECT = 5 << 30
"""What one PutObject or UploadPart takes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html"""

_OF_AN_OBJECT = frozenset({"partNumber", "uploadId", "x-id"})


def limit_of(service: str, request: Request, folder: Path) -> Limit:
    """Return the largest body of a request: an object's may be large, and waits in a file."""
    names = {name for name in request.query if not name.lower().startswith("x-amz-")}
    if service != "s3" or request.method != "PUT" or names - _OF_AN_OBJECT:
        return Limit(_LARGEST_REQUEST)
    return Limit(_LARGEST_OBJECT, folder)
