"""Where the API listens: on the loopback interface, and on Docker's bridge for containers alone."""

import errno
import fcntl
import logging
import socket
import struct
import sys
from collections.abc import Sequence
from pathlib import Path

from hypercorn.config import Config

_BRIDGE = "docker0"
_BACKLOG = 512
_SECONDS_BETWEEN_REQUESTS = 30
"""How long a connection may be silent, or take to say what it wants."""

_SECONDS_TO_STOP = 5

_LOGGER = logging.getLogger("local_aws")


def listen(port: int) -> list[socket.socket]:
    """Listen on 127.0.0.1 and, where there is one, on Docker's bridge.

    The bridge's address belongs to the whole machine, so Linux answers to it on every interface: a neighbour on the
    network reaches it with a route to it. Bound to the bridge's device, the socket hears what comes through it alone.
    """
    listening = [socket.create_server(("127.0.0.1", port), backlog=_BACKLOG)]
    address = bridge_address()
    if address is not None:
        try:
            listening.append(listen_for_containers(address, port))
        except OSError as error:
            _LOGGER.warning("Containers do not reach this: not listening on Docker's bridge %s: %s", address, error)
    return listening


def server_config(sockets: Sequence[socket.socket]) -> Config:
    """Return the settings of a server of these sockets, which are its own from then on."""
    config = Config()
    # They are closed by the server: closed here too, the number could be another's by then.
    config.bind = [f"fd://{listening.detach()}" for listening in sockets]
    config.keep_alive_timeout = _SECONDS_BETWEEN_REQUESTS
    config.graceful_timeout = _SECONDS_TO_STOP
    config.accesslog = None
    config.errorlog = logging.getLogger("hypercorn.error")
    return config


def listen_for_containers(address: str, port: int) -> socket.socket:
    """Listen at an address for what comes through Docker's bridge alone; raises ``OSError`` where that can't be."""
    if sys.platform != "linux":
        raise OSError(errno.ENOTSUP, "a socket is bound to a network device on Linux alone")
    listening = socket.socket()
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, _BRIDGE.encode())
        listening.bind((address, port))
        listening.listen(_BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening


def bridge_address() -> str | None:
    """Return the IPv4 address of Docker's bridge on this machine; None where there is none, as with Docker Desktop."""
    if not Path("/sys/class/net", _BRIDGE).exists():
        return None
    get_address = 0x8915
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            answer = fcntl.ioctl(asking, get_address, struct.pack("256s", _BRIDGE.encode()))
        except OSError:
            return None
    return socket.inet_ntoa(answer[20:24])
