"""The names under which a port answers.

A web page can have a name of its own resolve to 127.0.0.1 (DNS rebinding), and is then of the same origin as what
answers there. Its requests still carry its own name in the Host header, so every other name than ours is refused.
"""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

_BUCKET_OF_LOCALHOST = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9](?:\.s3(?:\.[a-z0-9-]+)?)?\.localhost")
"""Browsers and resolvers keep ``.localhost`` for the machine itself (RFC 6761): no page is served from such a name."""

_LONGEST_NAME = 253

LINK_ADDRESS = "169.254.170.2"
"""Where tasks ask for their role's credentials, as on ECS."""

NAMES = ("127.0.0.1", "localhost", "host.docker.internal", LINK_ADDRESS)
"""The last two are what a container calls this machine."""


class ApiHosts:
    """The hosts of the API at ``port``; ``addresses`` are those listened on beside 127.0.0.1."""

    def __init__(self, port: int, addresses: tuple[str, ...]) -> None:
        self._port = port
        self._names = {*NAMES, *addresses}

    def serve(self, host: str) -> bool:
        """Return whether a Host header, in lower case, names us: a bucket's own host counts as well."""
        name, _, port = host.rpartition(":")
        return port == str(self._port) and (name in self._names or bool(_BUCKET_OF_LOCALHOST.fullmatch(name)))


class BalancerHosts:
    """The hosts of a load balancer at ``port``: its own address, and what its listeners' rules name."""

    def __init__(self, port: int) -> None:
        self._own = {f"127.0.0.1:{port}", f"localhost:{port}"}

    def serve(self, host: str, patterns: Iterable[str]) -> bool:
        """Return whether a Host header, in lower case, is one of ours, or of those ``patterns`` that rules name."""
        name = host.partition(":")[0]
        return host in self._own or (
            len(name) <= _LONGEST_NAME and any(fnmatchcase(name, pattern.lower()) for pattern in patterns)
        )
