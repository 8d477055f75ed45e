"""The process that serves: one port on the loopback interface, until it is told to stop."""

import asyncio
import logging
import os
import resource
import secrets
import signal
import socket
import sys
import time
from collections.abc import MutableMapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from hypercorn.asyncio import serve as hypercorn_serve

from local_aws.gateway.listening import listen, server_config
from local_aws.ministack import environment
from local_aws.process.server_record import ServerRecord, StateFolder
from local_aws.state.database import NotKeptError
from reporting.errors import CannotRunError
from reporting.exit_codes import ExitCode

if TYPE_CHECKING:
    from local_aws.asgi_app import Opened

_LOGGER = logging.getLogger("local_aws")

_SECONDS_BETWEEN_LOOKS = 1.0
_OPEN_FILES = 16_384


def serve(folder: StateFolder, port: int, account_id: str, region: str) -> None:
    """Serve until SIGTERM or SIGINT. A port that is taken raises ``OSError`` before anything else happens."""
    os.umask(0o077)
    _allow_many_files()
    sockets = listen(port)
    running = ServerRecord(
        pid=os.getpid(),
        port=port,
        account_id=account_id,
        region=region,
        started=time.time(),
        token=secrets.token_hex(32),
    )
    environment.prepare(port=port, region=region, account_id=account_id, state_folder=folder.path)
    _log_to_standard_error()
    asyncio.run(_serve(folder, running, sockets))


def _allow_many_files() -> None:
    """Raise the number of open files as far as the system allows: each part of a large upload is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, _OPEN_FILES)), hard))


def _log_to_standard_error() -> None:
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s [%(name)s] %(message)s", force=True
    )
    for noisy in ("hypercorn.access", "botocore", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


async def _serve(folder: StateFolder, running: ServerRecord, sockets: list[socket.socket]) -> None:
    # MiniStack reads the environment while it is imported, which is right only now.
    from local_aws.asgi_app import open_application  # noqa: PLC0415 - see above

    stopping, begun = asyncio.Event(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    addresses = tuple(listening.getsockname()[0] for listening in sockets)
    opened = open_application(folder, running, addresses)
    config = server_config(sockets)

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


async def _the_end(stopping: asyncio.Event, begun: asyncio.Event, folder: StateFolder, running: ServerRecord) -> None:
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
