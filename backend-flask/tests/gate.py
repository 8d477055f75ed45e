"""A TCP forwarder that can go silent or hang up: what a broken network looks like."""

import socket
import threading
from urllib.parse import urlsplit


class Gate:
    """Stands before a database; `url` is the database's address through it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname, parts.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        self.url = url.replace(f"{parts.hostname}:{parts.port}", f"127.0.0.1:{port}")
        self._open = threading.Event()
        self._open.set()
        self._sockets: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def silence(self) -> None:
        """Keeps every connection, and passes nothing on."""
        self._open.clear()

    def speak(self) -> None:
        """Passes everything on again."""
        self._open.set()

    def hang_up(self) -> None:
        """Ends every connection that there is."""
        for each in self._sockets:
            _shut(each)
        self._sockets.clear()

    def close(self) -> None:
        """Ends the forwarder."""
        self.speak()
        self._listener.close()
        self.hang_up()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._target)
            self._sockets += [client, server]
            for source, target in ((client, server), (server, client)):
                threading.Thread(target=self._copy, args=(source, target), daemon=True).start()

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        with source:
            try:
                while data := source.recv(65536):
                    self._open.wait()
                    target.sendall(data)
            except OSError:
                return
            finally:
                _shut(target)


def _shut(each: socket.socket) -> None:
    try:
        each.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
