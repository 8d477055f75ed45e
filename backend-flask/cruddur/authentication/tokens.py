"""Checking Cognito access tokens.

"Understanding the access token" in https://docs.aws.amazon.com/cognito/latest/developerguide/.
"""

import hashlib
import re
import time
from dataclasses import dataclass
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from cruddur.authentication.signing_keys import SigningKeys, UnknownKeyError

# Also the most that Cognito allows: "Username" in
# https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUser.html
LONGEST_NAME: Final = 128
# "sub" in https://openid.net/specs/openid-connect-core-1_0.html#IDToken
LONGEST_SUBJECT: Final = 255
# Controls, which no name has, and halves of characters, which no database stores.
_NO_TEXT: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# An access token has no audience: the app client stands in client_id.
_REQUIRED: Final = ["exp", "iss", "sub", "client_id", "token_use", "username"]
# So many tokens are remembered, a few hundred bytes each; with more, all are checked anew.
_MOST_ACCEPTED: Final = 4096
# The time of issue is no condition for acceptance (RFC 7519, 4.1.6); checking it fails on the first second of
# clock skew.
_OPTIONS: Final[Any] = {"require": _REQUIRED, "verify_aud": False, "verify_iat": False}


class InvalidTokenError(Exception):
    """The token is not one that this service accepts; the message says why and repeats nothing of it."""


@dataclass(frozen=True)
class Caller:
    """Who sent a token: `cognito_user_id` is its subject, `handle` the name that the person signs in by."""

    cognito_user_id: str
    handle: str


@dataclass(frozen=True)
class _Accepted:
    """A token that was accepted: by which key, until when (in seconds since 1970), and who sent it."""

    key_id: str
    key: RSAPublicKey
    expires_at: int
    caller: Caller


class TokenVerifier:
    """Accepts the access tokens of one app client of one user pool.

    What was accepted is remembered by its digest, so that a person who writes often is checked once for each
    key set that is fetched. Threads may share it.
    """

    def __init__(self, keys: SigningKeys, issuer: str, client_id: str) -> None:
        """`issuer` is the user pool's URL, `keys` are its keys."""
        self._issuer = issuer
        self._client_id = client_id
        self._keys = keys
        self._accepted: dict[bytes, _Accepted] = {}

    def caller(self, token: str) -> Caller:
        """Who the token speaks for; raises InvalidTokenError, or KeysUnavailableError when it cannot tell."""
        try:
            digest = hashlib.sha256(token.encode()).digest()
            accepted = self._accepted.get(digest)
            if accepted and self._still_holds(accepted):
                return accepted.caller
            accepted = self._checked(token)
        except UnknownKeyError:
            message = "the user pool has no such signing key"
            raise InvalidTokenError(message) from None
        except jwt.ExpiredSignatureError:
            message = "it has expired"
            raise InvalidTokenError(message) from None
        except (jwt.PyJWTError, ValueError, TypeError):
            message = "it is not a valid token of the user pool"
            raise InvalidTokenError(message) from None
        if len(self._accepted) >= _MOST_ACCEPTED:
            self._accepted.clear()
        self._accepted[digest] = accepted
        return accepted.caller

    def _still_holds(self, accepted: _Accepted) -> bool:
        # All but the time, and the keys that are in force, is the same for the same token.
        return time.time() < accepted.expires_at and self._keys.key(accepted.key_id) is accepted.key

    def _checked(self, token: str) -> _Accepted:
        key_id = jwt.get_unverified_header(token).get("kid")
        if not isinstance(key_id, str):
            message = "it names no signing key"
            raise InvalidTokenError(message)
        key = self._keys.key(key_id)
        # The list of algorithms is ours, never the token's: "none" and HS256 with a public key are known
        # attacks.
        claims = jwt.decode(token, key, algorithms=["RS256"], issuer=self._issuer, options=_OPTIONS)
        return _Accepted(key_id, key, int(claims["exp"]), self._caller_of(claims))

    def _caller_of(self, claims: dict[str, Any]) -> Caller:
        if claims["token_use"] != "access":  # noqa: S105 - the name of a claim
            message = "it is not an access token"
            raise InvalidTokenError(message)
        if claims["client_id"] != self._client_id:
            message = "it belongs to another app client"
            raise InvalidTokenError(message)
        subject, username = claims["sub"], claims["username"]
        if not (_is_text(subject, LONGEST_SUBJECT) and _is_text(username, LONGEST_NAME)):
            message = f"it names nobody, or not in 1 to {LONGEST_NAME} characters of text"
            raise InvalidTokenError(message)
        return Caller(subject, username)


def _is_text(value: object, longest: int) -> bool:
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        return False
    return not (value.isspace() or _NO_TEXT.search(value))
