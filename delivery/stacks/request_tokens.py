"""How this program's own change sets and operations are told from those of others, and who runs them."""

import getpass
import re
import secrets
import socket
import time

_NO_USER, _NO_HOST = re.compile(r"[^A-Za-z0-9]"), re.compile(r"[^A-Za-z0-9-]")
_CHANGE_SET = re.compile(r"deploy-\d{8}-\d{6}-[0-9a-f]{6}")
_TOKEN = re.compile(r"bin-(?P<command>[a-z]+)-by-(?P<user>[A-Za-z0-9]+)-on-(?P<host>[A-Za-z0-9-]+)-[0-9a-f]{8}")


def change_set_name() -> str:
    """Make a name that no other change set of the stack has."""
    return f"deploy-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{secrets.token_hex(3)}"


def is_own_change_set(name: str) -> bool:
    """Return whether a change set was made by this program, on whichever machine."""
    return _CHANGE_SET.fullmatch(name) is not None


def token(command: str) -> str:
    """Make a request token, which CloudFormation writes into every event of the operation.

    Letters, digits and dashes, at most 128:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html
    """
    user = _NO_USER.sub("", _user())[:32] or "somebody"
    host = _NO_HOST.sub("-", socket.gethostname())[:48].strip("-") or "somewhere"
    return f"bin-{command}-by-{user}-on-{host}-{secrets.token_hex(4)}"


def command_of(request_token: str) -> str | None:
    """Return the command of this program that made the token; ``None`` where it comes from elsewhere."""
    found = _TOKEN.fullmatch(request_token)
    return found["command"] if found else None


def described(request_token: str) -> str:
    """Say who made the token, for a person."""
    found = _TOKEN.fullmatch(request_token)
    if found:
        return f"bin/{found['command']} run by {found['user']} on {found['host']}"
    return f"a request with token {request_token}" if request_token else "someone else"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return ""
