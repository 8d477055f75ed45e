"""A TCP proxy before a database that loses the answers to what the database has done."""

import random
import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit

# The part of all answers that is lost while the proxy cuts.
_LOST = 0.2


class CommitCutter:
    """Passes on what the service sends, and cuts the connection in the place of some of the answers.

    A statement that commits by itself is answered when it has been committed: to the service it looks as if
    the connection had been lost at COMMIT. `url` is the database's address through the proxy, `cuts` counts.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname, parts.port)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        port = self._listener.getsockname()[1]
        self.url = url.replace(f"{parts.hostname}:{parts.port}", f"127.0.0.1:{port}")
        self.is_cutting = False
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Takes no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self._target)
            except OSError:
                client.close()
                continue
            for source, target, answers in ((client, server, False), (server, client, True)):
                threading.Thread(
                    target=self._copy, args=(source, target), kwargs={"answers": answers}, daemon=True
                ).start()

    def _copy(self, source: socket.socket, target: socket.socket, *, answers: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if answers and self.is_cutting and random.random() < _LOST:  # noqa: S311 - chance, no secret
                    self.cuts += 1
                    break
                target.sendall(data)
        # Each direction has a thread of its own, which ends when the other has shut the connections.
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        source.close()
