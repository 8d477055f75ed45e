"""Whether a request may change something, so that its answer waits until that is kept."""

import re

from local_aws.gateway.request import Request

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_READING = re.compile(r"BatchGet|Describe|Filter|Get(?!SessionToken|FederationToken)|List|PutLogEvents")
"""Operations that change no state; events are on disk by themselves."""
_ACTION = re.compile(rb"(?:^|&)Action=(\w+)")
WHERE_THE_ACTION_STANDS = 4096
"""Bytes of a request's body: all clients name the action of a Query request at its beginning."""


def may_change(request: Request, beginning: bytes) -> bool:
    """Return whether a request may change state, by its method, or by its operation where its protocol names one."""
    operation = request.headers.get("x-amz-target", "").rpartition(".")[2] or request.query.get("Action", [""])[0]
    found = None if operation else _ACTION.search(beginning)
    operation = found[1].decode() if found else operation
    return not _READING.match(operation) if operation else request.method not in READING_METHODS
