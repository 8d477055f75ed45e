"""An HTTP server in front of an AWS, which answers some requests itself: for situations that a local AWS never has."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.delivery.project import Project

Rule = Callable[[str], tuple[int, str] | None]
"""Takes the action of a request; gives a status and a body to answer with, or nothing to let it through."""

Alteration = Callable[[str, str], str]
"""Takes the action of a request and the body of its answer; gives the body to hand on."""


def aws_error(code: str, message: str, status: int = 400) -> tuple[int, str]:
    told = f"<Type>Sender</Type><Code>{code}</Code><Message>{message}</Message>"
    return status, f"<ErrorResponse><Error>{told}</Error></ErrorResponse>"


@dataclass
class Proxy:
    address: str
    actions: list[str] = field(default_factory=list)
    """The actions of all requests so far."""


@contextmanager
def in_front_of(
    project: Project, rule: Rule = lambda _: None, alter: Alteration = lambda _, body: body
) -> Iterator[Proxy]:
    """Stand before the AWS of ``project``, which is not told of the proxy's address.

    What is let through is signed anew: the local AWS answers to its own host alone, and the host is signed.
    """
    proxy, endpoint = Proxy(""), project.aws.endpoint_url

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            target = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
            action = target or parse_qs(body.decode()).get("Action", [""])[0]
            proxy.actions.append(action)
            own = rule(action)
            status, answer = own or self._passed_on(body)
            content = alter(action, answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _passed_on(self, body: bytes) -> tuple[int, str]:
            connection = HTTPConnection(endpoint.removeprefix("http://"), timeout=30)
            try:
                connection.request("POST", self.path, body, self._signed(body))
                answer = connection.getresponse()
                return answer.status, answer.read().decode()
            finally:
                connection.close()

        def _signed(self, body: bytes) -> dict[str, Any]:
            scope = self.headers["Authorization"].partition("Credential=")[2].partition(",")[0].split("/")
            left_out = ("host", "authorization", "x-amz-date", "content-length", "connection", "expect")
            kept = {name: value for name, value in self.headers.items() if name.lower() not in left_out}
            request: Any = AWSRequest("POST", f"{endpoint}{self.path}", kept, body)
            SigV4Auth(Credentials(*project.aws.deployer_key), scope[3], scope[2]).add_auth(request)
            return dict(request.prepare().headers)

        def log_message(self, *_: object) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    proxy.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
