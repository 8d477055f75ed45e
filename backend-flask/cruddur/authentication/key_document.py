"""The document of keys that a user pool publishes (RFC 7517, 5): fetched within a time, read key by key."""

import json
import threading
import time
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm

from cruddur.database.silence import hang_up

# Cognito's has two keys in a kilobyte.
_MOST_BYTES: Final = 64 * 1024


class KeyDocumentError(Exception):
    """The document cannot be had, or is none."""


def fetch(url: str, seconds: float) -> bytes:
    """The document, all of it within that time; raises KeyDocumentError."""
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.netloc, timeout=seconds)
    began = time.monotonic()
    # The time limit of a connection is one for each of its bytes.
    deadline = threading.Timer(seconds, _hang_up, [connection])
    deadline.daemon = True
    deadline.start()
    try:
        connection.connect()
        if time.monotonic() - began >= seconds:
            message = "no connection in time"
            raise KeyDocumentError(message)
        connection.request("GET", parts.path)
        response = connection.getresponse()
        document = response.read(_MOST_BYTES + 1)
    except (OSError, HTTPException, ValueError) as error:
        raise KeyDocumentError(type(error).__name__) from error
    finally:
        deadline.cancel()
        connection.close()
    if response.status != HTTPStatus.OK or len(document) > _MOST_BYTES:
        message = f"status {response.status}, {len(document)} bytes"
        raise KeyDocumentError(message)
    return document


def _hang_up(connection: HTTPConnection) -> None:
    if connection.sock:
        hang_up(connection.sock.fileno())


def public_keys(document: bytes) -> dict[str, RSAPublicKey | None]:
    """The RSA keys by their id; None is a key that cannot be used. Raises KeyDocumentError."""
    try:
        entries = json.loads(document)["keys"]
        named = [(entry["kid"], entry) for entry in entries if isinstance(entry, dict) and "kid" in entry]
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise KeyDocumentError(type(error).__name__) from error
    return {key_id: _public_key(entry) for key_id, entry in named if isinstance(key_id, str)}


def _public_key(entry: dict[str, object]) -> RSAPublicKey | None:
    # Whatever may be odd about one key, it must not take the others with it.
    with suppress(Exception):
        key = RSAAlgorithm.from_jwk(entry)
        return key if isinstance(key, RSAPublicKey) else None
    return None
