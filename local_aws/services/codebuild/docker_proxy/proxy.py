"""Stands between a build and the container engine: what the rules allow goes on, and its answer comes back as it is."""

import json
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from local_aws.services.codebuild.docker_proxy.client import Engine, EngineError
from local_aws.services.codebuild.docker_proxy.messages import BLOCK, LONGEST_LINE, Request, UnreadableError, read
from local_aws.services.codebuild.docker_proxy.routes import judge
from local_aws.services.codebuild.docker_proxy.rules import Answer, Rules

SWITCHED = b"101"
LINGERING = 5.0
"""Seconds in which a client that is refused may send the rest of its request."""


@dataclass
class Proxy:
    """Listens on the socket ``path`` from ``open`` to ``close``."""

    path: Path
    engine: Engine
    rules: Rules
    _listening: socket.socket | None = None
    _open: set[socket.socket] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self) -> None:
        """Begin to listen."""
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self.path))
        self.path.chmod(0o666)
        self._listening.listen(64)
        threading.Thread(target=self._accept, args=[self._listening], daemon=True, name="engine proxy").start()

    def close(self) -> None:
        """End every connection, and all that was begun in the engine."""
        if self._listening is None:
            return
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.path.unlink(missing_ok=True)

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[client], daemon=True, name="engine proxy").start()

    def _serve(self, client: socket.socket) -> None:
        with self._kept(client), client.makefile("rb") as stream, suppress(OSError, UnreadableError):
            try:
                request = read(stream)
                if request is None:
                    return
                found = judge(self.rules, request)
            except UnreadableError as error:
                found = Answer(400, f"the local AWS does not pass this request on: {error}")
            except EngineError as error:
                found = Answer(502, str(error))
            if isinstance(found, Answer):
                _answer(found, client, stream)
            else:
                self._pass_on(found, client, stream)

    def _pass_on(self, request: Request, client: socket.socket, stream: BinaryIO) -> None:
        try:
            engine = self.engine.connect()
        except OSError as error:
            refusal = Answer(502, f"the container engine of this machine does not answer: {error}")
            _answer(refusal, client, stream)
            return
        with self._kept(engine), engine.makefile("rb") as answer:
            engine.sendall(request.head())
            sending = threading.Thread(target=_send_body, args=[request, engine], daemon=True)
            sending.start()
            head = _head(answer)
            client.sendall(head)
            if request.upgrade and head.split(b" ", 2)[1:2] == [SWITCHED]:
                sending.join()
                backward = threading.Thread(target=_pump, args=[stream, engine], daemon=True)
                backward.start()
            _pump(answer, client)

    def _kept(self, connection: socket.socket) -> "_Kept":
        return _Kept(connection, self._open, self._lock)


@dataclass
class _Kept:
    """A connection that ``Proxy.close`` ends as well."""

    connection: socket.socket
    open: set[socket.socket]
    lock: threading.Lock

    def __enter__(self) -> None:
        with self.lock:
            self.open.add(self.connection)

    def __exit__(self, *_: object) -> None:
        with self.lock:
            self.open.discard(self.connection)
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()


def _send_body(request: Request, engine: socket.socket) -> None:
    try:
        if request.content is not None:
            engine.sendall(request.content)
            return
        for part in request.body:
            engine.sendall(b"%x\r\n%b\r\n" % (len(part), part) if request.chunked else part)
        engine.sendall(b"0\r\n\r\n" if request.chunked else b"")
    except (OSError, UnreadableError):
        # Half a request is none: the engine must not take it for a whole one.
        with suppress(OSError):
            engine.shutdown(socket.SHUT_RDWR)


def _head(answer: BinaryIO) -> bytes:
    lines = []
    while (line := answer.readline(LONGEST_LINE)) not in (b"", b"\r\n"):
        lines.append(line)
    return b"".join([*lines, b"\r\n"])


def _pump(source: BinaryIO, target: socket.socket) -> None:
    with suppress(OSError, ValueError):
        while part := source.read1(BLOCK):  # type: ignore[attr-defined] # it is a buffered reader
            target.sendall(part)
        target.shutdown(socket.SHUT_WR)


def _answer(answer: Answer, client: socket.socket, stream: BinaryIO) -> None:
    """Answer, and read what the client still sends: a client whose write fails does not read why it was refused."""
    client.sendall(_response(answer))
    client.shutdown(socket.SHUT_WR)
    until = time.monotonic() + LINGERING
    while (left := until - time.monotonic()) > 0:
        client.settimeout(left)
        if not stream.read1(BLOCK):  # type: ignore[attr-defined] # it is a buffered reader
            return


def _response(answer: Answer) -> bytes:
    body = json.dumps(answer.body if answer.body is not None else {"message": answer.message}).encode()
    head = f"HTTP/1.1 {answer.status} {'OK' if answer.status == 200 else 'Refused'}\r\n"  # noqa: PLR2004 - a status
    fields = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return f"{head}{fields}".encode() + body
