"""The public keys that a Cognito user pool signs its tokens with: fetched at first need and kept."""

import logging
import threading
import time
from typing import Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from cruddur.authentication.key_document import KeyDocumentError, fetch, public_keys

FETCH_SECONDS: Final = 2.0
# From the beginning of a fetch, for a request that needs a new key; a later one will find it.
WAIT_SECONDS: Final = 1.0
# Cognito rotates keys seldom and announces no time; a token with an unknown key asks earlier, see below.
FRESH_SECONDS: Final = 3600.0
# Tokens with made-up key ids, and an endpoint that is down, cost at most one fetch in this time.
PAUSE_SECONDS: Final = 10.0
_LOGGER: Final = logging.getLogger("cruddur.signing_keys")


class KeysUnavailableError(Exception):
    """The key of a token is not known, and the user pool cannot be asked at the moment."""


class UnknownKeyError(Exception):
    """The user pool has no key of that id."""


class SigningKeys:
    """The keys below an issuer, by key id, fetched in a thread of their own.

    Keys that have been fetched once stay in use while their source cannot be reached, or has nothing better.
    Threads may share it.
    """

    def __init__(self, issuer: str, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._url = f"{issuer}/.well-known/jwks.json"
        self._pause_seconds = pause_seconds
        self._keys: dict[str, RSAPublicKey] = {}
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._lock = threading.Lock()
        self._is_idle = threading.Event()
        self._is_idle.set()

    def key(self, key_id: str) -> RSAPublicKey:
        """The key of that id; raises KeysUnavailableError or UnknownKeyError."""
        known = self._keys.get(key_id)
        if known is None or time.monotonic() - self._fetched_at > FRESH_SECONDS:
            self._begin_fetching()
        if known is None:
            self._is_idle.wait(max(0.0, self._tried_at + WAIT_SECONDS - time.monotonic()))
            known = self._keys.get(key_id)
        if known is not None:
            return known
        if self._fetched_at < self._tried_at:
            message = "the user pool's keys cannot be fetched"
            raise KeysUnavailableError(message)
        raise UnknownKeyError

    def _begin_fetching(self) -> None:
        """Unless a fetch is under way, or was just tried."""
        with self._lock:
            now = time.monotonic()
            if not self._is_idle.is_set() or now - self._tried_at < self._pause_seconds:
                return
            self._tried_at = now
            self._is_idle.clear()
        threading.Thread(target=self._fetch, name="signing-keys", daemon=True).start()

    def _fetch(self) -> None:
        try:
            found = public_keys(fetch(self._url, FETCH_SECONDS))
            # A key that has become unreadable is not one that was withdrawn.
            keys = {key_id: key or self._keys.get(key_id) for key_id, key in found.items()}
            usable = {key_id: key for key_id, key in keys.items() if key}
            if any(found.values()):
                self._keys, self._fetched_at = usable, time.monotonic()
            else:
                _LOGGER.warning("the user pool has no key that can be used")
        except KeyDocumentError as error:
            _LOGGER.warning("the user pool's keys cannot be fetched: %s", error)
        finally:
            self._is_idle.set()
