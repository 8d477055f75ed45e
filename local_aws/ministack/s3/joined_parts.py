"""An upload in parts becomes one file, and is never in memory as a whole.

MiniStack joins the parts by ``b"".join``: that constant of its function is replaced by one that joins large parts in a
file, which the object's own file then is by another name.
"""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import FunctionType
from typing import Any

from ministack.services import s3

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
