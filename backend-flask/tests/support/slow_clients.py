"""Clients that take their time: each holds a connection, and sends a little now and then.

`python -m tests.support.slow_clients PORT CLIENTS KIND...` is a process of them, which ends with its standard
input. The first line of that is a header field for each request, or empty.
"""

import contextlib
import select
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

# Between two bits of each, which take turns.
PAUSE_SECONDS = 0.25
TURNS = 10
START_SECONDS = 30
KINDS = ("silent", "header", "body", "chunked")


class _Client:
    """Sends what its kind sends at once, and then its bits, for ever; who is hung up on comes again."""

    def __init__(self, port: int, kind: str, field: bytes) -> None:
        self._port = port
        start = b"GET /api/activities/home HTTP/1.1\r\nHost: x\r\n" + field
        post = b"POST /api/activities HTTP/1.1\r\nHost: x\r\n" + field
        self._at_once, self._all_bits = {
            "silent": (start if field else b"", []),
            "header": (b"", [bytes([byte]) for byte in start + b"a" * 9000]),
            "body": (post + b"Content-Length: 9000\r\n\r\n", [b"a"]),
            "chunked": (post + b"Transfer-Encoding: chunked\r\n\r\n", [b"1", b"\r\n", b"a", b"\r\n"]),
        }[kind]
        self._begin()

    def _begin(self) -> None:
        self._bits = cycle(self._all_bits)
        self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=5)
        self._socket.settimeout(0)
        if self._at_once:
            self._socket.send(self._at_once)

    def go_on(self) -> None:
        try:
            if bit := next(self._bits, None):
                self._socket.send(bit)
        except BlockingIOError:
            return
        except OSError:
            self._socket.close()
            with contextlib.suppress(OSError):
                self._begin()


@contextmanager
def attacking(port: int, kinds: Sequence[str], clients: int, fields: Sequence[bytes]) -> Iterator[None]:
    """Has so many clients of each kind at work, all of them with each of the header fields."""
    command = [sys.executable, "-m", "tests.support.slow_clients", str(port), str(clients), *kinds]
    processes = []
    try:
        for field in fields:
            process = subprocess.Popen(
                command, cwd=Path(__file__).parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            processes.append(process)
            assert process.stdin
            process.stdin.write(field + b"\n")
            process.stdin.flush()
        for process in processes:
            assert process.stdout
            assert process.stdout.readline() == b"attacking\n"
        yield
    finally:
        for process in processes:
            process.communicate(timeout=START_SECONDS)


def main(port: int, clients: int, kinds: Sequence[str]) -> None:
    """Attacks until standard input ends."""
    field = sys.stdin.buffer.readline().rstrip(b"\n")
    field = field and field + b"\r\n"
    at_work = [_Client(port, kind, field) for kind in kinds for _ in range(clients)]
    sys.stdout.write("attacking\n")
    sys.stdout.flush()
    # Nobody waits for the others.
    for turn in cycle(range(TURNS)):
        if select.select([sys.stdin], [], [], PAUSE_SECONDS / TURNS)[0]:
            return
        for client in at_work[turn::TURNS]:
            client.go_on()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
