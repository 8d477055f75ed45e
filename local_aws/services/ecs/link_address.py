"""The address at which tasks find their credentials on ECS, and here: 169.254.170.2, at the API's port.

SDKs take credentials over plain HTTP from this address, or from the loopback interface, and from nowhere else; a name
such as host.docker.internal they refuse. The address becomes this machine's by a network of Docker that no container
joins: what a container of the bridge sends there goes to its gateway, which is this machine.
https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""

import asyncio
import logging
import socket
import threading
from collections.abc import Callable
from typing import Any

from hypercorn.asyncio import serve

from local_aws.gateway.hosts import LINK_ADDRESS
from local_aws.gateway.listening import bridge_address, listen_for_containers, server_config
from local_aws.ministack.ecs.task_credentials import have_address

_SUBNET = "169.254.170.0/24"
_OTHER_NAME = "host.docker.internal"

_LOGGER = logging.getLogger("local_aws")


class LinkAddress:
    """Listens there from the first task on that needs it; make it on the event loop that serves."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._is_listening = False
        self._tasks: set[asyncio.Task[None]] = set()

    def lead_to(self, application: Callable[..., Any]) -> None:
        """Have an ASGI application answer there; call it before the first task starts."""
        self._application = application

    def host(self) -> str:
        """Return the host and port for containers; where the address can't be had, another name, which SDKs may refuse.

        Any thread may ask, but the one of the event loop.
        """
        with self._lock:
            fault = self._open()
        if fault is not None:
            _LOGGER.warning("AWS's SDKs in tasks find no credentials: %s can't be had: %s", LINK_ADDRESS, fault)
            return f"{_OTHER_NAME}:{self._port}"
        return f"{LINK_ADDRESS}:{self._port}"

    def _open(self) -> str | None:
        """Have the address and listen there, where that is not so yet; say why it can't be, or None."""
        if bridge_address() is None:
            return "this machine has no Docker bridge"
        fault = None if _is_ours(LINK_ADDRESS) else have_address(LINK_ADDRESS, _SUBNET)
        if fault is not None or self._is_listening:
            return fault
        try:
            listening = listen_for_containers(LINK_ADDRESS, self._port)
        except OSError as error:
            return str(error)
        self._loop.call_soon_threadsafe(self._serve, listening)
        self._is_listening = True
        return None

    def _serve(self, listening: socket.socket) -> None:
        serving = serve(_without_lifespan(self._application), server_config([listening]), shutdown_trigger=_never)
        task = self._loop.create_task(serving)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _never() -> None:
    await asyncio.Event().wait()


def _without_lifespan(application: Callable[..., Any]) -> Any:  # noqa: ANN401 - hypercorn's type of an ASGI application
    """Make the application one that begins and ends with another server, and not with this one."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - the same
        if scope["type"] != "lifespan":
            await application(scope, receive, send)
            return
        for word in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{word}.complete"})

    return answer


def _is_ours(address: str) -> bool:
    """Return whether an address is one of this machine's."""
    with socket.socket() as trying:
        try:
            trying.bind((address, 0))
        except OSError:
            return False
    return True
