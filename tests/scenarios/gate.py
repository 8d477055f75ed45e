"""A gate for which builds of some scenarios wait: a port that answers when the gate is open, wherever builds run."""

import socket


class Gate:
    """Shut when it is made. ``name`` is what a command of bash connects to, as a file."""

    def __init__(self) -> None:
        self._socket = _bound(0)
        self._port: int = self._socket.getsockname()[1]
        self.name = f"/dev/tcp/127.0.0.1/{self._port}"

    def open(self) -> None:
        """Let through who tries."""
        self._socket.listen()

    def shut(self) -> None:
        """Let nobody through any more; the port stays taken."""
        self._socket.close()
        self._socket = _bound(self._port)

    def close(self) -> None:
        """Give the port back."""
        self._socket.close()


def _bound(port: int) -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", port))
    return made
