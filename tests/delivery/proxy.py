"""An HTTP server in front of an AWS, which answers some requests itself: for situations that a local AWS never has."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

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
    endpoint: str, rule: Rule = lambda _: None, alter: Alteration = lambda _, body: body
) -> Iterator[Proxy]:
    proxy = Proxy("")

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
                connection.request("POST", self.path, body, dict(self.headers.items()))
                answer = connection.getresponse()
                return answer.status, answer.read().decode()
            finally:
                connection.close()

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
