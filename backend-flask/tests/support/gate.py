"""A TCP forwarder that can go silent or hang up: what a broken network looks like."""

import socket
import threading
from urllib.parse import urlsplit


class Gate:
    """Stands before a database; `url` is the database's address through it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname, parts.port)
        self._open = threading.Event()
        self._open.set()
        self._sockets: list[socket.socket] = []
        self._listen(0)
        self._port = self._listener.getsockname()[1]
        self.url = url.replace(f"{parts.hostname}:{parts.port}", f"127.0.0.1:{self._port}")

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

    def shut(self) -> None:
        """Ends every connection, and accepts no more."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.hang_up()

    def reopen(self) -> None:
        """Accepts connections again."""
        self._listen(self._port)

    def close(self) -> None:
        """Ends the forwarder."""
        self.speak()
        self._listener.close()
        self.hang_up()

    def _listen(self, port: int) -> None:
        self._listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
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
