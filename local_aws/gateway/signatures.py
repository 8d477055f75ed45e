"""AWS Signature Version 4, checked: in the Authorization header or in the query string.

https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html and, for the query string,
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

from local_aws.gateway.request import Request

UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
SKEW = timedelta(minutes=15)
"""How far a request's time may be from ours."""

_ALGORITHM = "AWS4-HMAC-SHA256"
_HASH_HEADER = "x-amz-content-sha256"
_ONCE = ("authorization", "host", "x-amz-date", _HASH_HEADER, "x-amz-security-token")
_QUERY_NAMES = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Signature")
_QUERY_AUTHENTICATION = frozenset(name.lower() for name in _QUERY_NAMES if name != "X-Amz-Date")
_BEFORE_VERSION_4 = "AWSAccessKeyId"
_UNSUPPORTED = f"The authorization mechanism you have provided is not supported. Please use {_ALGORITHM}."
_CREDENTIAL = re.compile(r"([A-Za-z0-9_-]{1,128})/(\d{8})/([a-z0-9-]{1,32})/([a-z0-9-]{1,64})/aws4_request", re.ASCII)
_LONGEST_EXPIRY = 604_800
_STREAMED = ("STREAMING-UNSIGNED-PAYLOAD-TRAILER", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")


class SignatureError(Exception):
    """A request is not signed, or not rightly; ``code`` is AWS's error code.

    ``access_key_id`` is the key that was claimed; empty where no whole claim could be read.
    """

    def __init__(self, code: str, message: str, access_key_id: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.access_key_id = access_key_id


@dataclass(frozen=True)
class Signature:
    """What a request claims: by whom it was signed, when, for what scope, and which headers are covered.

    ``seconds`` is how long a signature in the query string is good for; None where it is in the header.
    """

    access_key_id: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    value: str
    time: str
    session_token: str
    seconds: int | None


def claimed(request: Request) -> Signature:
    """Read the signature of a request; raise ``SignatureError`` where there is none, or no whole one."""
    in_query = [name for name, _value in request.parameters if name.lower() in _QUERY_AUTHENTICATION]
    in_header = "authorization" in request.headers
    for name in _ONCE:
        if name in request.repeated:
            raise SignatureError("InvalidRequest", f"The header {name} may be given once.")
    if in_query and in_header:
        raise SignatureError("InvalidRequest", "Only one auth mechanism allowed: a header or the query string.")
    if not in_header and _BEFORE_VERSION_4 in request.query:
        raise SignatureError("InvalidRequest", _UNSUPPORTED)
    if not in_query and not in_header:
        raise SignatureError("MissingAuthenticationToken", "Request is missing Authentication Token")
    return _in_query(request) if in_query else _in_header(request)


def declared_hash(signature: Signature, request: Request) -> str | None:
    """Return the hash of the body that the signature covers, where the headers tell; None where only the body can."""
    if signature.seconds is not None and signature.service == "s3":
        return UNSIGNED_PAYLOAD
    declared = request.headers.get(_HASH_HEADER)
    if declared is None and signature.service == "s3":
        raise SignatureError(
            "InvalidRequest", f"Missing required header for this request: {_HASH_HEADER}", signature.access_key_id
        )
    return declared


def check_claims(signature: Signature, request: Request, now: datetime) -> None:
    """Raise ``SignatureError`` for a time too far from ``now``, or a header that had to be signed and was not."""
    key = signature.access_key_id
    try:
        signed_at = datetime.strptime(signature.time, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise SignatureError("IncompleteSignature", f"'{signature.time}' is not a valid X-Amz-Date.", key) from None
    if signature.date != signature.time[:8]:
        raise SignatureError("SignatureDoesNotMatch", "The date of the scope is not that of X-Amz-Date.", key)
    lifetime = SKEW if signature.seconds is None else timedelta(seconds=signature.seconds)
    if signature.service != "s3":
        lifetime = min(lifetime, SKEW)
    if signed_at > now + SKEW:
        raise SignatureError("RequestTimeTooSkewed", f"Signature not yet current: {signature.time} is ahead.", key)
    if now > signed_at + lifetime:
        code, words = (
            ("RequestTimeTooSkewed", "Signature") if signature.seconds is None else ("AccessDenied", "Request")
        )
        raise SignatureError(code, f"{words} has expired: it is of {signature.time}.", key)
    covered = set(signature.signed_headers)
    unsigned = [name for name in request.headers if name.startswith("x-amz-") and name not in covered]
    if "host" not in covered or unsigned:
        names = ", ".join(["host"] if "host" not in covered else unsigned)
        raise SignatureError("AccessDenied", f"There were headers present that were not signed: {names}", key)


def check_signature(signature: Signature, request: Request, secret: str, body_hash: str) -> None:
    """Raise ``SignatureError`` where the signature is not that of this request under this secret."""
    scope = f"{signature.date}/{signature.region}/{signature.service}/aws4_request"
    canonical = _canonical_request(signature, request, body_hash)
    text = "\n".join((_ALGORITHM, signature.time, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    expected = hmac.digest(key, text.encode(), "sha256").hex()
    if not hmac.compare_digest(expected.encode(), signature.value.encode()):
        raise SignatureError(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
            "Access Key and signing method. Consult the service documentation for details.",
            signature.access_key_id,
        )


def check_body(signature: Signature, request: Request, body_hash: str) -> None:
    """Raise ``SignatureError`` where the body (its SHA-256 in hexadecimal) is not the one that the headers declare."""
    declared = request.headers.get(_HASH_HEADER, body_hash)
    unsigned = signature.service == "s3" and (declared == UNSIGNED_PAYLOAD or declared.startswith(_STREAMED))
    if declared != body_hash and not unsigned:
        message = f"The provided '{_HASH_HEADER}' header does not match what was computed."
        raise SignatureError("XAmzContentSHA256Mismatch", message, signature.access_key_id)


def _in_header(request: Request) -> Signature:
    algorithm, _, rest = request.headers["authorization"].partition(" ")
    if algorithm != _ALGORITHM:
        raise SignatureError("InvalidRequest", _UNSUPPORTED)
    fields = [part.strip().partition("=")[::2] for part in rest.split(",", 3)]
    values = {**dict(fields), "X-Amz-Date": request.headers.get("x-amz-date", "")}
    names = ("Credential", "SignedHeaders", "Signature")
    if sorted(name for name, _value in fields) != sorted(names) or not all(values.values()):
        message = f"Authorization header requires {', '.join(names)} and a header X-Amz-Date, once each."
        raise SignatureError("IncompleteSignature", message)
    return _signature(values, request.headers.get("x-amz-security-token", ""), None)


def _in_query(request: Request) -> Signature:
    values = {name: request.query.get(name, []) for name in (*_QUERY_NAMES, "X-Amz-Expires", "X-Amz-Security-Token")}
    for name, found in values.items():
        if len(found) != 1 and (found or name in _QUERY_NAMES):
            message = f"AWS query-string parameters must include '{name}', once."
            raise SignatureError("IncompleteSignature", message)
    fields = {name: found[0] for name, found in values.items() if found}
    other_spellings = [name for name in request.query if name.lower() in _QUERY_AUTHENTICATION and name not in fields]
    if fields["X-Amz-Algorithm"] != _ALGORITHM or other_spellings:
        raise SignatureError("InvalidRequest", _UNSUPPORTED)
    expires = fields.get("X-Amz-Expires", str(int(SKEW.total_seconds())))
    if not (expires.isascii() and expires.isdigit() and 0 < int(expires) <= _LONGEST_EXPIRY):
        message = f"X-Amz-Expires must be a number of seconds from 1 to {_LONGEST_EXPIRY}, not '{expires}'."
        raise SignatureError("AuthorizationQueryParametersError", message)
    fields = {name.removeprefix("X-Amz-") if name != "X-Amz-Date" else name: value for name, value in fields.items()}
    return _signature(fields, fields.get("Security-Token", ""), int(expires))


def _signature(fields: dict[str, str], token: str, seconds: int | None) -> Signature:
    scope = _CREDENTIAL.fullmatch(fields["Credential"])
    if scope is None:
        raise SignatureError("IncompleteSignature", "Credential must be key/date/region/service/aws4_request.")
    key, date, region, service = scope.groups()
    headers = tuple(fields["SignedHeaders"].lower().split(";"))
    return Signature(key, date, region, service, headers, fields["Signature"], fields["X-Amz-Date"], token, seconds)


def _canonical_request(signature: Signature, request: Request, body_hash: str) -> str:
    """Write the request down as its signer did.

    S3's paths are encoded once. All others are normalized, and encoded again as they were sent.
    """
    if signature.service == "s3":
        path = quote(unquote(request.raw_path), safe="/-_.~")
    else:
        path = quote(_normalized(request.raw_path), safe="/-_.~")
    pairs = sorted(
        (quote(name, safe="-_.~"), quote(value, safe="-_.~"))
        for name, value in request.parameters
        if signature.seconds is None or name != "X-Amz-Signature"
    )
    query = "&".join(f"{name}={value}" for name, value in pairs)
    names = signature.signed_headers
    headers = "".join(f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in names)
    return "\n".join((request.method, path, query, headers, ";".join(names), body_hash))


def _normalized(path: str) -> str:
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in {"", "."}:
            parts.append(part)
    return f"/{'/'.join(parts)}/" if path.endswith("/") and parts else f"/{'/'.join(parts)}"
