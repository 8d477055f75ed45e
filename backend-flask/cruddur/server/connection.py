"""A client's connection: gunicorn's, with limits, and with refusals in the form of the service's errors."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from http import HTTPStatus
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final

from gunicorn.asgi.protocol import ASGIProtocol

from cruddur.server.limits import (
    ANSWER_SECONDS,
    LARGEST_HEADERS,
    LARGEST_LINE,
    LINGER_SECONDS,
    REQUEST_SECONDS,
)
from cruddur.server.refusals import refusal

if TYPE_CHECKING:
    from cruddur.server.worker import Worker

_MESSAGES: Final = {
    HTTPStatus.BAD_REQUEST: "The request is not valid HTTP/1.1.",
    HTTPStatus.REQUEST_TIMEOUT: f"The request was not here within {REQUEST_SECONDS:g} s.",
    HTTPStatus.REQUEST_URI_TOO_LONG: f"The request's first line is longer than {LARGEST_LINE} bytes.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "The request's header fields are too many or too large.",
    HTTPStatus.NOT_IMPLEMENTED: "The request's transfer coding is not known; allowed is chunked.",
}
_UNEXPECTED: Final = "Something went wrong on our side; the request id finds it in the logs."


class Connection(ASGIProtocol):
    """Ends when its client takes too long to send a request, or to take an answer."""

    # Gunicorn's own, which has no types.
    _callback_parser: Any
    _current_request: Any
    worker: "Worker"
    transport: asyncio.Transport

    def __init__(self, worker: "Worker") -> None:
        super().__init__(worker)
        self._header_bytes = 0
        self._deadline: asyncio.TimerHandle | None = None
        self._is_refused = False
        self._is_last = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begins to wait for a request."""
        super().connection_made(transport)
        # Then "written" means that the network has it, and not that it is kept here.
        self.transport.set_write_buffer_limits(high=0)
        self._wait(REQUEST_SECONDS, self._request_is_late)

    def eof_received(self) -> bool:
        """A client may close its side once it has sent a whole request; it still gets its answer."""
        self._is_last = True
        return self._is_answering()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forgets the client."""
        self._stop_waiting()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Waits for the client to take an answer that the network does not take at once."""
        super().pause_writing()
        self._wait(ANSWER_SECONDS, self.abort, self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """The network has all of the answer."""
        self._stop_waiting()
        super().resume_writing()

    def abort(self) -> None:
        """Ends it at once, whatever is not sent."""
        self.transport.abort()

    def close(self) -> None:
        """Ends it when what is written is sent."""
        self._close_transport()

    def _feed_callback_parser(self, data: bytes) -> bool:
        try:
            goes_on: bool = super()._feed_callback_parser(data)
        except ValueError:
            # The parser's own errors are answered by now; Python reads no number of thousands of digits.
            goes_on = self._refuse(HTTPStatus.BAD_REQUEST)
        if not goes_on:
            return False
        if self._is_answering():
            self._header_bytes = 0
            self._stop_waiting()
            if len(self._callback_parser.remaining()) > LARGEST_HEADERS:
                self.abort()
            return True
        if self._current_request is None:
            self._header_bytes += len(data)
            if self._header_bytes > LARGEST_HEADERS:
                return self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if self._deadline is None:
            self._wait(REQUEST_SECONDS, self._request_is_late)
        return True

    def _is_answering(self) -> bool:
        """Whether a whole request is here, whose answer is not all sent."""
        return self._callback_parser is not None and bool(self._callback_parser.is_complete)

    def _is_websocket_upgrade(self, _: object) -> bool:
        # The service has none; a request that asks for one is answered as any other.
        return False

    def _arm_keepalive_timer(self) -> None:
        if self._is_last:
            self.close()
        else:
            super()._arm_keepalive_timer()
            self.worker.waiting.add(self)

    def _request_is_late(self) -> None:
        if self._header_bytes or self._current_request:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)
        else:
            self.close()

    def _refuse(self, status: HTTPStatus) -> bool:
        self._send_error_response(status, "")
        self._close_transport()
        return False

    def _send_error_response(self, status: int, _: str, __: Iterable[Any] = ()) -> None:
        if self._closed:
            return
        # Gunicorn's message may quote the request.
        known = HTTPStatus(status)
        headers, body = refusal(known, _MESSAGES.get(known, _UNEXPECTED), token_hex(16))
        head = [f"HTTP/1.1 {status} {known.phrase}".encode(), b"Connection: close"]
        head += [name + b": " + value for name, value in headers]
        self._is_refused = True
        self.transport.write(b"\r\n".join([*head, b"", body]))

    def _close_transport(self) -> None:
        # Gunicorn's own leaves a connection open whose client has left in the meantime.
        if self._closed:
            return
        self._closed = True
        if not self._is_refused:
            self.transport.close()
            return
        # Were it closed with something unread on it, the network would drop the refusal.
        self._callback_parser = None
        self._wait(LINGER_SECONDS, self.abort)
        with suppress(OSError):
            self.transport.write_eof()

    def _wait(self, seconds: float, give_up: Callable[[], object], untaken_bytes: int = 0) -> None:
        self._stop_waiting()
        self._deadline = self.worker.loop.call_later(seconds, self._be_late, give_up)
        self.worker.waiting.add(self, untaken_bytes)

    def _be_late(self, give_up: Callable[[], object]) -> None:
        deadline = self._deadline

        def give_up_unless_it_came() -> None:
            if self._deadline is deadline:
                give_up()

        # Those that came together are late together.
        self.worker.gradually.call(give_up_unless_it_came)

    def _stop_waiting(self) -> None:
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None
        self.worker.waiting.remove(self)
