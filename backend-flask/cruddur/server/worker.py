"""A gunicorn worker: connections on an event loop, the application in threads, a stop that loses no request.

https://docs.gunicorn.org/en/stable/design.html
"""

import asyncio
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from gunicorn.workers.gasgi import ASGIWorker

from cruddur.application import LARGEST_BODY_BYTES, SEARCHES, THREADS
from cruddur.routes.health import HEALTH_CHECK_PATH
from cruddur.routes.reading import SEARCH_PATH
from cruddur.server.connection import Connection
from cruddur.server.gradually import Gradually
from cruddur.server.limits import SEARCH_SECONDS
from cruddur.server.threads import ThreadedApplication
from cruddur.server.turns import Turns
from cruddur.server.waiting import WaitingConnections

if TYPE_CHECKING:
    import socket

# How soon a signal is heeded; gunicorn kills a worker that gives no sign of life for much longer.
_LOOK_EVERY_SECONDS: Final = 0.1
_ACCEPTED_AT_A_TIME: Final = 128
# A request may be on its way on a connection that is kept open: it is answered, and told to close.
_KEPT_OPEN_SECONDS: Final = 2.0
# Before gunicorn would kill the worker.
_SPARE_SECONDS: Final = 0.5


class Worker(ASGIWorker):
    """Takes requests in on an event loop. `waiting` are the connections that no answer is made for."""

    loop: asyncio.AbstractEventLoop

    def load_wsgi(self) -> None:
        """Puts threads between the event loop and the application."""
        super().load_wsgi()
        self.waiting = WaitingConnections()
        self.gradually = Gradually(self.loop)
        searches = Turns(SEARCHES, SEARCH_SECONDS)
        self.asgi = ThreadedApplication(
            self.asgi, THREADS, LARGEST_BODY_BYTES, HEALTH_CHECK_PATH, {SEARCH_PATH: searches}
        )

    async def _serve(self) -> None:
        for listener in self.sockets:
            # The loop accepts as many at a time as it is told is the backlog, and serves nobody meanwhile.
            server = await self.loop.create_server(
                self._connection, sock=listener.sock, backlog=_ACCEPTED_AT_A_TIME
            )
            listener.sock.listen(self.cfg.backlog)
            self.servers.append(server)
        while self.alive and self.ppid == os.getppid():
            self.notify()
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
        await self._stop_listening()
        await self._finish()

    def _connection(self) -> Connection:
        return Connection(self)

    async def _stop_listening(self) -> None:
        """Accepts what waits, then closes: what nobody has accepted by then is reset by the kernel."""
        listeners: list[socket.socket] = [each.sock for each in self.sockets]
        for listener in listeners:
            self.loop.remove_reader(listener)
        # What the loop has just accepted is lost unless its connection has begun when the server closes.
        await asyncio.sleep(0)
        accepted: list[socket.socket] = []
        for listener, server in zip(listeners, self.servers, strict=True):
            with suppress(BlockingIOError):
                while True:
                    accepted.append(listener.accept()[0])
            server.close()
        for each in accepted:
            await self.loop.connect_accepted_socket(self._connection, each)

    async def _finish(self) -> None:
        began = self.loop.time()
        while self.nr_conns and self.loop.time() - began < self.cfg.graceful_timeout - _SPARE_SECONDS:
            self.notify()
            if self.loop.time() - began > _KEPT_OPEN_SECONDS:
                for connection in self.waiting.for_a_request():
                    connection.close()
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
