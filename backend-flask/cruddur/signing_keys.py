"""The public keys that a Cognito user pool signs its tokens with: fetched at first need and kept."""

import threading
import time
from typing import Final

from jwt import PyJWK, PyJWKClient
from jwt.exceptions import PyJWKClientError, PyJWKSetError, PyJWTError

FETCH_SECONDS: Final = 2.0
# Cognito rotates keys seldom and announces no time; a token with an unknown key asks earlier, see below.
FRESH_SECONDS: Final = 3600.0
# Tokens with made-up key ids, and an endpoint that is down, cost at most one fetch in this time.
PAUSE_SECONDS: Final = 10.0


class KeysUnavailableError(Exception):
    """The key of a token is not known, and the user pool cannot be asked at the moment."""


class UnknownKeyError(Exception):
    """The user pool has no key of that id."""


class SigningKeys:
    """The keys below an issuer, by key id.

    Keys that have been fetched once stay in use while their source cannot be reached. Threads may share it.
    """

    def __init__(self, issuer: str, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._client = PyJWKClient(
            f"{issuer}/.well-known/jwks.json", cache_jwk_set=False, timeout=FETCH_SECONDS
        )
        self._pause_seconds = pause_seconds
        self._keys: dict[str, PyJWK] = {}
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._lock = threading.Lock()

    def key(self, key_id: str) -> PyJWK:
        """The key of that id; raises KeysUnavailableError or UnknownKeyError."""
        known = self._keys.get(key_id)
        is_fresh = time.monotonic() - self._fetched_at < FRESH_SECONDS
        # A known key that is due for a refresh does not make anyone wait while another thread refreshes it.
        if not (known and is_fresh) and self._lock.acquire(blocking=known is None):
            try:
                self._fetch_unless_just_tried()
            finally:
                self._lock.release()
        key = self._keys.get(key_id)
        if key is not None:
            return key
        if self._fetched_at < self._tried_at:
            message = "the user pool's keys cannot be fetched"
            raise KeysUnavailableError(message)
        raise UnknownKeyError

    def _fetch_unless_just_tried(self) -> None:
        now = time.monotonic()
        if now - self._tried_at < self._pause_seconds:
            return
        self._tried_at = now
        try:
            keys = self._client.get_jwk_set().keys
        except (PyJWKClientError, PyJWKSetError, PyJWTError, ValueError, OSError):
            # Told by _fetched_at staying behind _tried_at.
            return
        self._keys = {key.key_id: key for key in keys if key.key_id}
        self._fetched_at = now
