"""What a request that could not be read as anyone's is about, by its shape: for the answer's form and the ledger.

It costs nothing, whatever a stranger sends: a long header is looked at once.
"""

from local_aws.gateway.request import Request

_LONGEST = 64


def service_and_operation(request: Request) -> tuple[str, str]:
    """Return a service that speaks the protocol of the request, and the operation it names, such as ``ListUsers``."""
    target = request.headers.get("x-amz-target", "")
    if target:
        return "ssm", _word(target.rpartition(".")[2])
    action = request.query.get("Action", [""])[0]
    if action or request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return "sts", _word(action) or request.method
    return "s3", request.method


def _word(text: str) -> str:
    return "".join(sign for sign in text[:_LONGEST] if sign.isalnum())
