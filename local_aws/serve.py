"""The process that serves: one port on the loopback interface, until it is told to stop."""

import asyncio
import fcntl
import logging
import os
import secrets
import signal
import socket
import struct
import sys
import time
from collections.abc import MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config

from local_aws.instance import Running, StateFolder
from local_aws.ministack import environment
from local_aws.state.database import NotKeptError
from reporting.errors import CannotRunError
from reporting.exit_codes import ExitCode

if TYPE_CHECKING:
    from local_aws.opening import Opened

_LOGGER = logging.getLogger("local_aws")

_DOCKER_BRIDGE = "docker0"
_SECONDS_TO_STOP = 5
_SECONDS_BETWEEN_LOOKS = 1.0


def serve(folder: StateFolder, port: int, account_id: str, region: str) -> None:
    """Serve until SIGTERM or SIGINT. A port that is taken raises ``OSError`` before anything else happens."""
    os.umask(0o077)
    sockets = _listen(port)
    running = Running(
        pid=os.getpid(),
        port=port,
        account_id=account_id,
        region=region,
        started=time.time(),
        token=secrets.token_hex(32),
    )
    # The id alone is what MiniStack asks of a root key, so the id is the secret, and long.
    own_key = f"LOCALAWS{secrets.token_hex(24).upper()}"
    environment.prepare(
        port=port,
        region=region,
        account_id=account_id,
        state_folder=folder.path,
        access_key_id=own_key,
        secret_access_key=secrets.token_urlsafe(30),
    )
    _log_to_standard_error()
    asyncio.run(_serve(folder, running, own_key, sockets))


def _log_to_standard_error() -> None:
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s [%(name)s] %(message)s", force=True
    )
    for noisy in ("hypercorn.access", "botocore", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _listen(port: int) -> list[socket.socket]:
    """Listen on the loopback interface and, where there is one, on Docker's bridge, which only containers reach."""
    listening = [socket.create_server(("127.0.0.1", port), backlog=512)]
    bridge = _address_of(_DOCKER_BRIDGE)
    if bridge is not None:
        try:
            listening.append(socket.create_server((bridge, port), backlog=512))
        except OSError as error:
            _LOGGER.warning("Not listening on Docker's bridge %s: %s", bridge, error)
    return listening


def _address_of(interface: str) -> str | None:
    """Give the IPv4 address of a network interface of Linux; None where it has none."""
    if not Path("/sys/class/net", interface).exists():
        return None
    get_address = 0x8915
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            answer = fcntl.ioctl(asking, get_address, struct.pack("256s", interface.encode()[:15]))
        except OSError:
            return None
    return socket.inet_ntoa(answer[20:24])


async def _serve(folder: StateFolder, running: Running, own_key: str, sockets: list[socket.socket]) -> None:
    # MiniStack reads the environment while it is imported, which is right only now.
    from local_aws.opening import open_application  # noqa: PLC0415 - see above

    stopping, begun = asyncio.Event(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    opened = open_application(folder, running, own_key)
    config = Config()
    # They are closed by the server: closed here too, the number could be another's by then.
    config.bind = [f"fd://{listening.detach()}" for listening in sockets]
    config.keep_alive_timeout = 75
    config.graceful_timeout = _SECONDS_TO_STOP
    config.errorlog = logging.getLogger("hypercorn.error")

    async def told_to_stop() -> None:
        await _the_end(stopping, begun, folder, running)
        await asyncio.to_thread(opened.wind_down)

    try:
        await hypercorn_serve(_application(opened, begun), config, shutdown_trigger=told_to_stop)
    finally:
        if folder.is_served_by(running.pid):
            await _close(opened, folder)


async def _close(opened: "Opened", folder: StateFolder) -> None:
    """Write the last changes; where that fails, the record of this process stays, and tells so to who stops it."""
    try:
        await opened.close()
    except NotKeptError as error:
        _LOGGER.error("%s", error)  # noqa: TRY400 - the sentence says all
    else:
        folder.forget()


async def _the_end(stopping: asyncio.Event, begun: asyncio.Event, folder: StateFolder, running: Running) -> None:
    """Wait until this process is told to stop, or its folder was removed: no command would find it any more."""
    while not stopping.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), _SECONDS_BETWEEN_LOOKS)
        if begun.is_set() and not folder.is_served_by(running.pid):
            _LOGGER.warning("%s was removed, so this process ends", folder.path)
            return


def _application(opened: "Opened", begun: asyncio.Event) -> Any:  # noqa: ANN401 - hypercorn's type of an ASGI application is wider than ours
    async def application(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:  # noqa: ANN401
        async def announce(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "lifespan.startup.complete":
                await opened.begin()
                begun.set()
            await send(message)

        if scope["type"] != "lifespan":
            return await opened.door(scope, receive, send)
        try:
            await opened.door(scope, receive, announce)
        except Exception as error:
            # The server would go on without what was to be read at the start.
            told = isinstance(error, CannotRunError | NotKeptError)
            _LOGGER.critical("The local AWS can't start: %s", error, exc_info=not told)
            os._exit(ExitCode.COULD_NOT_RUN)

    return application
