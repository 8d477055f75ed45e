"""Puts a statement into a DSSE envelope, and says what of it is signed.

https://github.com/secure-systems-lab/dsse/blob/master/protocol.md and .../envelope.md
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Final

from admission.variables import NotAdmittedError

PAYLOAD_TYPE = "application/vnd.in-toto+json"
ALGORITHM: Final = "ECDSA_SHA_256"
"""By which KMS signs it: https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html"""


@dataclass(frozen=True)
class Envelope:
    """A payload, its signature and the ARN of the key that is said to have made it."""

    payload: bytes
    signature: bytes
    key: str

    @classmethod
    def signed(cls, payload: bytes, signature: str, key: str) -> "Envelope":
        """Make an envelope with a signature in base64, as KMS's command line gives it."""
        return cls(payload, base64.b64decode(signature), key)


def digest_to_sign(payload: bytes) -> bytes:
    """Return the SHA-256 of what is signed: the payload with its type, so that it can't be taken for another kind."""
    parts = [b"DSSEv1", str(len(PAYLOAD_TYPE)).encode(), PAYLOAD_TYPE.encode(), str(len(payload)).encode(), payload]
    return hashlib.sha256(b" ".join(parts)).digest()


def write(envelope: Envelope) -> str:
    """Return the envelope as JSON."""
    signature = {"keyid": envelope.key, "sig": base64.b64encode(envelope.signature).decode()}
    payload = base64.b64encode(envelope.payload).decode()
    return json.dumps({"payloadType": PAYLOAD_TYPE, "payload": payload, "signatures": [signature]})


def read(text: str | bytes) -> Envelope:
    """Read an envelope with one signature; raises ``NotAdmittedError`` for anything else."""
    try:
        found = json.loads(text)
        (signature,) = found["signatures"]
        if found["payloadType"] != PAYLOAD_TYPE:
            raise NotAdmittedError(f"the attestation holds {found['payloadType']!r}; allowed is {PAYLOAD_TYPE}.")
        payload, signed = (base64.b64decode(one, validate=True) for one in (found["payload"], signature["sig"]))
        return Envelope(payload, signed, str(signature.get("keyid", "")))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotAdmittedError("the attestation is not a DSSE envelope with one signature.") from error
