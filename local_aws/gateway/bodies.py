"""Bodies of requests, read within limits of size and time; a large one waits in a file instead of in memory."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from local_aws.gateway.request import Request
from local_aws.state.files import LARGE, MappedFile

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

_SECONDS_WITHOUT_A_BYTE = 10.0
_SECONDS_AT_LEAST = 60.0
_BYTES_A_SECOND = 100_000
"""A body that comes more slowly than this, after the first minute, is given up: such a request never ends."""

_TOO_SLOW = "Your socket connection to the server was not read from or written to within the timeout period."


class BodyError(Exception):
    """A body is not taken; ``status`` and ``code`` are HTTP's and AWS's."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class DisconnectedError(Exception):
    """The client went away before its body was whole."""


@dataclass(frozen=True)
class Limit:
    """The largest body in bytes, and the folder where one of more than a mebibyte waits; None keeps it in memory."""

    largest: int
    folder: Path | None = None


@dataclass(frozen=True)
class Body:
    """A whole body: bytes, or the content of a file; ``sha256`` in hexadecimal."""

    content: bytes | MappedFile
    sha256: str

    def discard(self) -> None:
        """Have the file lose its name; whoever took over the content has it by another name, or holds it."""
        if isinstance(self.content, MappedFile):
            self.content.path.unlink(missing_ok=True)


def check_length(length: int | None, largest: int) -> None:
    """Raise ``BodyError`` for a length beyond the largest."""
    if length is not None and length > largest:
        raise BodyError(413, "RequestEntityTooLarge", f"The body has {length} bytes; at most {largest} are allowed.")


async def parts(receive: Receive, length: int | None, largest: int) -> AsyncIterator[bytes]:
    """Return the parts of a body of ``length`` bytes (None: as declared by its end) as they come from ASGI.

    Raises ``BodyError`` for a body that is too large or too slow, ``DisconnectedError`` for one that ends early.
    """
    check_length(length, largest)
    clock, size = asyncio.get_running_loop().time, 0
    began = clock()
    while True:
        left = _SECONDS_AT_LEAST + size / _BYTES_A_SECOND - (clock() - began)
        try:
            message = await asyncio.wait_for(receive(), min(left, _SECONDS_WITHOUT_A_BYTE))
        except TimeoutError:
            raise BodyError(400, "RequestTimeout", _TOO_SLOW) from None
        if message["type"] != "http.request":
            raise DisconnectedError
        part = message.get("body", b"")
        size += len(part)
        check_length(size, largest)
        yield part
        if not message.get("more_body", False):
            return


async def read(receive: Receive, length: int | None, limit: Limit) -> Body:
    """Read a whole body, to be discarded in the end; its errors are those of ``parts``."""
    received = _Received(limit)
    try:
        async for part in parts(receive, length, limit.largest):
            received.add(part)
        return received.whole()
    except BaseException:
        received.discard()
        raise


class _Received:
    """What came of a body so far."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._hash = hashlib.sha256()
        self._memory = bytearray()
        self._size = 0
        self._file: IO[bytes] | None = None

    def add(self, part: bytes) -> None:
        self._size += len(part)
        self._hash.update(part)
        if self._file is None and self._limit.folder is not None and self._size > LARGE:
            self._limit.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = tempfile.NamedTemporaryFile(dir=self._limit.folder, delete=False)  # noqa: SIM115 - see whole
            self._file.write(self._memory)
            self._memory.clear()
        (self._memory.extend if self._file is None else self._file.write)(part)

    def whole(self) -> Body:
        if self._file is None:
            return Body(bytes(self._memory), self._hash.hexdigest())
        self._file.close()
        return Body(MappedFile.of(Path(self._file.name)), self._hash.hexdigest())

    def discard(self) -> None:
        if self._file is not None:
            self._file.close()
            Path(self._file.name).unlink(missing_ok=True)


LARGEST_COMMAND = 1 << 24
LARGEST_SIGNAL = 1 << 14
_LARGEST_REQUEST = 1 << 24
"""Bytes of a request that carries no object: the most that a service of AWS takes, which is DynamoDB's batch."""

_LARGEST_OBJECT = 5 << 30
"""What one PutObject or UploadPart takes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html"""

_OF_AN_OBJECT = frozenset({"partNumber", "uploadId", "x-id"})


def limit_of(service: str, request: Request, folder: Path) -> Limit:
    """Return the largest body of a request: an object's may be large, and waits in a file."""
    names = {name for name in request.query if not name.lower().startswith("x-amz-")}
    if service != "s3" or request.method != "PUT" or names - _OF_AN_OBJECT:
        return Limit(_LARGEST_REQUEST)
    return Limit(_LARGEST_OBJECT, folder)
