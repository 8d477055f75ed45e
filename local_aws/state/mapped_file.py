"""A file's content, mapped into memory: bytes that take none, for who hashes, cuts or copies them."""

import mmap
from pathlib import Path
from typing import Any, Self

from local_aws.state.files import replace_file, replace_with_link

LARGE = 1 << 20
"""Bytes from which on content is worth a file instead of memory."""


class MappedFile(mmap.mmap):
    """The content of the file at ``path``, which is replaced as a whole when it changes, and never written to.

    A long slice is a view of it; a short one, and every single byte, are as those of ``bytes``. It is there as long as
    somebody holds it, also when the file is gone.
    """

    path: Path

    @classmethod
    def of(cls, path: Path) -> Self:
        """Map a file, which has at least one byte."""
        with path.open("rb") as file:
            made = cls(file.fileno(), 0, access=mmap.ACCESS_READ)
        made.path = path
        return made

    def __getitem__(self, key: Any) -> Any:  # noqa: ANN401 - bytes' own signature
        if isinstance(key, slice) and len(range(*key.indices(len(self)))) > LARGE:
            return memoryview(self)[key]
        return super().__getitem__(key)


def replace_content(path: Path, content: bytes | MappedFile) -> None:
    """Replace the file at ``path``, by a second name for the content's own file where that can be."""
    if isinstance(content, MappedFile):
        try:
            return replace_with_link(path, content.path)
        except OSError:
            """The file has lost its name, or lies on another disk."""
    return replace_file(path, content)
