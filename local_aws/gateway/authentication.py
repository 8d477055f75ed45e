"""Who a request is from: its signature, checked by the headers alone where they suffice, else with its body."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from local_aws.gateway import signatures
from local_aws.gateway.request import Request
from local_aws.gateway.signatures import Signature, SignatureError

SecretOf = Callable[[str, str], str]
"""Gives the secret of (access key id, session token); raises ``SignatureError`` where there is no such credential."""


@dataclass(frozen=True)
class Claim:
    """A request of a known and active key, made at a time that counts.

    ``is_checked`` tells that the signature is right as well; else it covers a hash that only the body can give.
    """

    signature: Signature
    request: Request
    secret: str
    is_checked: bool


def claim_of(request: Request, secret_of: SecretOf) -> Claim:
    """Check all that the headers tell; raise ``SignatureError`` for the first thing that is wrong."""
    signature = signatures.claimed(request)
    signatures.check_claims(signature, request, datetime.now(UTC))
    secret = secret_of(signature.access_key_id, signature.session_token)
    declared = signatures.declared_hash(signature, request)
    if declared is not None:
        signatures.check_signature(signature, request, secret, declared)
    return Claim(signature, request, secret, is_checked=declared is not None)


def check_with_body(claim: Claim, body_hash: str) -> None:
    """Raise ``SignatureError`` where the signature, or the declared hash, is not of the body with this SHA-256."""
    if claim.is_checked:
        signatures.check_body(claim.signature, claim.request, body_hash)
    else:
        signatures.check_signature(claim.signature, claim.request, claim.secret, body_hash)


EMPTY = hashlib.sha256(b"").hexdigest()
"""The hash of a body that is not there."""

__all__ = ["EMPTY", "Claim", "SecretOf", "SignatureError", "check_with_body", "claim_of"]
