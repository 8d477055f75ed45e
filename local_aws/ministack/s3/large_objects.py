"""Large objects of S3 stay in their files, and so do uploads in parts: none is in memory as a whole.

MiniStack joins the parts by ``b"".join``: that constant of its function is replaced by one that joins large parts in a
file, which the object's own file then is by another name.
"""

import mmap
import tempfile
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from pathlib import Path
from types import FunctionType
from typing import Any

from ministack.core import responses
from ministack.services import s3

from local_aws.ministack.adapter import Answer
from local_aws.state.files import LARGE, MappedFile


class _Joiner(bytes):
    """Empty bytes whose ``join`` makes a file in ``folder`` where there is much to join."""

    folder: Path
    file: Path | None = None

    def join(self, parts: Iterable[Any]) -> Any:  # noqa: ANN401 - bytes, or what stands for them
        """Return the parts as one, as bytes or as a file that is mapped into memory."""
        given = list(parts)
        if sum(map(len, given)) <= LARGE:
            return super().join(given)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as file:
            self.file = Path(file.name)
            for part in given:
                file.write(part)
        return MappedFile.of(self.file)

    def discard(self) -> None:
        """Have the file lose its name; the object has it by another."""
        if self.file is not None:
            self.file.unlink(missing_ok=True)


def join_parts_in(folder: Path) -> None:
    """Have the parts of uploads joined in files below ``folder``, on the disk of the objects."""
    original = s3._complete_multipart_upload

    def complete_multipart_upload(*words: Any, **more: Any) -> Any:  # noqa: ANN401 - MiniStack's own
        joiner = _Joiner()
        joiner.folder = folder
        try:
            return _with_empty_bytes(original, joiner)(*words, **more)
        finally:
            joiner.discard()

    s3._complete_multipart_upload = complete_multipart_upload


def _with_empty_bytes(function: Any, empty: bytes) -> Any:  # noqa: ANN401 - any function
    """Return a function whose constant ``b""`` is another."""
    code = function.__code__
    constants = tuple(
        empty if constant == b"" and isinstance(constant, bytes) else constant for constant in code.co_consts
    )
    return FunctionType(
        code.replace(co_consts=constants), function.__globals__, function.__name__, function.__defaults__
    )


_PART = 1 << 18

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


def leave_objects_in_files() -> None:
    """Have large objects and their versions read where they lie, and sent part by part."""
    _read_from_files()
    _keep_no_versions()
    handle = s3.handle_request

    async def handle_request(*words: Any, **more: Any) -> Any:  # noqa: ANN401 - MiniStack's own, which is untyped
        return _streamed(await handle(*words, **more))

    s3.handle_request = handle_request


def _read_from_files() -> None:
    read, version, data = s3._read_body, s3._version_body, s3._get_object_data

    def read_body(bucket: str, key: str, record: dict[str, Any]) -> Any:  # noqa: ANN401 - the same
        path = s3._object_disk_path(bucket, key) if record.get("body") is None else None
        return _mapped(path) or read(bucket, key, record)

    def version_body(bucket: dict[str, Any], name: str, key: str, entry: dict[str, Any]) -> Any:  # noqa: ANN401 - the same
        path = s3._version_disk_path(name, key, entry["version_id"]) if entry.get("data") is None else None
        return _mapped(path) or version(bucket, name, key, entry)

    def get_object_data(*words: Any, **more: Any) -> Any:  # noqa: ANN401 - the same
        """Give services that read objects what they know to handle."""
        found = data(*words, **more)
        return bytes(found) if isinstance(found, MappedFile) else found

    s3._read_body, s3._version_body, s3._get_object_data = read_body, version_body, get_object_data


def _keep_no_versions() -> None:
    """Keep a version's content out of memory: it has a file, the object's own or, once displaced, one of its own."""
    original = s3._version_entry_from_record

    def version_entry_from_record(record: dict[str, Any], version_id: str, _data: Any) -> Any:  # noqa: ANN401 - the same
        return original(record, version_id, None)

    s3._version_entry_from_record = version_entry_from_record


def _mapped(path: str | None) -> MappedFile | None:
    try:
        file = Path(path) if path else None
        return MappedFile.of(file) if file is not None and file.stat().st_size > LARGE else None
    except OSError:
        return None


def _streamed(answer: Answer) -> Any:  # noqa: ANN401 - the same
    """Return an answer whose body is a mapped file, or a view of one, as one that is sent in parts."""
    status, headers, body = answer
    content: object = body
    if not isinstance(content, mmap.mmap | memoryview):
        return answer
    view = memoryview(content)

    async def send_parts(send: Send, _receive: object) -> None:
        for begin in range(0, len(view), _PART):
            part = bytes(view[begin : begin + _PART])
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    headers.setdefault("Content-Length", str(len(view)))
    return status, headers, responses.StreamingResponse(send_parts)
