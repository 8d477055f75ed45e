"""Several instances of the service at once, as behind a load balancer: `INSTANCES=2 bin/test-backend`."""

import itertools
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes

from tests.support.server import Server, running_service

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

# None: the service is in the process of the tests.
INSTANCES = int(os.environ.get("INSTANCES", "0"))
ANSWER_SECONDS = 30


class Balancer:
    """A WSGI application that passes each request on to the next of the running services."""

    def __init__(self, servers: list[Server]) -> None:
        self._servers = servers
        self._numbers = itertools.count()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answers as the service does."""
        server = self._servers[next(self._numbers) % len(self._servers)]
        connection = HTTPConnection("127.0.0.1", server.port, timeout=ANSWER_SECONDS)
        try:
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            connection.request(environ["REQUEST_METHOD"], _target(environ), body or None, _headers(environ))
            response = connection.getresponse()
            answer = response.read()
        finally:
            connection.close()
        start_response(f"{response.status} {response.reason}", response.getheaders())
        return [answer]


def _target(environ: "WSGIEnvironment") -> str:
    path = quote_from_bytes(environ["PATH_INFO"].encode("latin-1"))
    query = environ.get("QUERY_STRING")
    return f"{path}?{query}" if query else path


def _headers(environ: "WSGIEnvironment") -> dict[str, str]:
    named = {name[5:]: value for name, value in environ.items() if name.startswith("HTTP_")}
    if environ.get("CONTENT_TYPE"):
        named["CONTENT_TYPE"] = environ["CONTENT_TYPE"]
    return {name.replace("_", "-").title(): value for name, value in named.items()}


@contextmanager
def balanced(environment: dict[str, str]) -> Iterator[Balancer]:
    """Runs the instances, with a process each."""
    with ExitStack() as stack:
        one = environment | {"WORKER_PROCESSES": "1"}
        yield Balancer([stack.enter_context(running_service(one)) for _ in range(INSTANCES)])
