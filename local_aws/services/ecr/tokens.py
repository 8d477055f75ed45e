"""Passwords of the registry, as GetAuthorizationToken gives them: good for twelve hours, for the key that asked.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
from pathlib import Path

from local_aws.state.files import write_atomically

SECONDS = 12 * 60 * 60
USER = "AWS"


class Tokens:
    """Makes and reads passwords, signed with a secret kept in the file at ``path``: they outlive a restart."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            write_atomically(path, secrets.token_bytes(32))
        self._secret = path.read_bytes()

    def make(self, access_key_id: str) -> str:
        """Return a password for the bearer of an access key."""
        content = json.dumps({"key": access_key_id, "expires": int(time.time()) + SECONDS}).encode()
        return base64.urlsafe_b64encode(self._signature(content) + content).decode()

    def key_of(self, authorization: str) -> str | None:
        """Give the access key behind an ``Authorization: Basic`` header; None where it is none of ours, or too old."""
        scheme, _, encoded = authorization.partition(" ")
        try:
            user, _, password = base64.b64decode(encoded).decode().partition(":")
            signed = base64.urlsafe_b64decode(password)
        except (binascii.Error, ValueError):
            return None
        content = signed[hashlib.sha256().digest_size :]
        if (
            scheme.lower() != "basic"
            or user != USER
            or not hmac.compare_digest(signed, self._signature(content) + content)
        ):
            return None
        claims = json.loads(content)
        return str(claims["key"]) if claims["expires"] > time.time() else None

    def of_task(self, task_arn: str) -> str:
        """Return the token of a task, by which its containers get the credentials of its role."""
        return self._signature(f"task {task_arn}".encode()).hex()

    def _signature(self, content: bytes) -> bytes:
        return hmac.digest(self._secret, content, "sha256")
