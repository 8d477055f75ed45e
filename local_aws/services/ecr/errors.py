"""Errors in the form of the registry's protocol.

https://distribution.github.io/distribution/spec/api/#errors
"""

import json
from collections.abc import Mapping

from local_aws.ministack.adapter import Answer

VERSION: Mapping[str, str] = {"Docker-Distribution-Api-Version": "registry/2.0"}


def registry_error(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Make an error of one ``code``, such as BLOB_UNKNOWN."""
    body = json.dumps({"errors": [{"code": code, "message": message}]}).encode()
    return int(status), {"Content-Type": "application/json", **VERSION, **(headers or {})}, body
