"""Each load balancer has a port of its own on the loopback interface: the address that its stack's outputs show works.

On AWS its DNS name resolves; here no name server is asked, so the name is ``localhost`` with that port.
"""

import asyncio
import logging
import socket
from collections.abc import MutableMapping
from http import HTTPStatus
from typing import Any

from hypercorn.asyncio import serve

from local_aws.gateway import bodies
from local_aws.gateway.answers import Receive, Send, json_answer, send_refusal
from local_aws.gateway.bodies import BodyError, DisconnectedError, Limit
from local_aws.gateway.hosts import BalancerHosts
from local_aws.gateway.listening import server_config
from local_aws.gateway.request import request_of
from local_aws.ministack.load_balancing import balancers, counting, targets, weights
from local_aws.ministack.load_balancing.counting import Counting
from local_aws.platform.minute import minute

_FIRST, _PORTS = 100, 100
"""Ports are taken from a hundred above the API's, upwards."""

_LARGEST_BODY = 1 << 26
"""Bytes of a request that is held while it is passed on."""

_LOGGER = logging.getLogger("local_aws")


class Entrances:
    """The open ports, by load balancer; make it on the event loop that serves."""

    def __init__(self, api_port: int) -> None:
        self._api_port = api_port
        self._loop = asyncio.get_running_loop()
        self._ends: dict[str, asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._counting = Counting(minute())
        balancers.name_in_stacks(self.enter, self.leave)
        targets.try_other_targets(self._counting)
        weights.split_by_weight()
        counting.name_in_full()

    def reopen(self) -> None:
        """Open the ports of the load balancers that were kept, under the names that they had where that is possible."""
        for arn, name in balancers.names().items():
            host, _, port = name.partition(":")
            if host != "localhost" or arn in self._ends:
                continue
            found = self._open(arn, [int(port), *self._candidates()])
            if found != name:
                _LOGGER.warning("Port %s is taken: the load balancer that had it is at %s now", port, found)
                balancers.rename(arn, found)

    def enter(self, arn: str) -> str:
        """Open a port for a new load balancer; give its name."""
        return self._open(arn, self._candidates())

    def leave(self, arn: str) -> None:
        """Close the port of a load balancer that is gone."""
        end = self._ends.pop(arn, None)
        if end is not None:
            self._loop.call_soon_threadsafe(end.set)

    def _candidates(self) -> list[int]:
        first = self._api_port + _FIRST
        return [port for port in range(first, first + _PORTS) if port < 1 << 16]

    def _open(self, arn: str, ports: list[int]) -> str:
        for port in ports:
            try:
                listening = socket.create_server(("127.0.0.1", port), backlog=128)
            except OSError:
                continue
            self._ends[arn] = asyncio.Event()
            self._loop.call_soon_threadsafe(self._serve, arn, listening)
            return f"localhost:{port}"
        raise ValueError(f"No port from {ports[0]} to {ports[-1]} is free for the load balancer.")

    def _serve(self, arn: str, listening: socket.socket) -> None:
        entrance = Entrance(arn, listening.getsockname()[1], self._counting)
        end = self._ends[arn]
        serving = serve(entrance, server_config([listening]), shutdown_trigger=end.wait)  # type: ignore[arg-type]
        task = self._loop.create_task(serving)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class Entrance:
    """The ASGI application at the port of one load balancer."""

    def __init__(self, arn: str, port: int, counting: Counting) -> None:
        self._arn = arn
        self._counting = counting
        self._hosts = BalancerHosts(port)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one ASGI scope."""
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        request = request_of(scope)
        if not self._hosts.serve(request.host, balancers.host_patterns(self._arn)):
            message = f"No rule of this load balancer's listeners names the host '{request.host}'."
            return await send_refusal(send, receive, json_answer(HTTPStatus.MISDIRECTED_REQUEST, {"message": message}))
        try:
            body = await bodies.read(receive, request.content_length, Limit(_LARGEST_BODY))
        except BodyError as error:
            return await send_refusal(send, receive, json_answer(error.status, {"message": error.message}))
        except DisconnectedError:
            return None
        return await balancers.pass_through(self._arn, scope, bytes(body.content), receive, send, self._counting)
