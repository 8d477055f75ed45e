"""Reads of layers only the files that tell of packages, and puts the layers of an image on top of each other.

https://github.com/opencontainers/image-spec/blob/main/layer.md
"""

import re
import tarfile
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path, PurePosixPath

TELLING = re.compile(
    r"(?:usr/)?(?:etc|lib)/os-release|var/lib/dpkg/status(?:\.d/[^/]+)?|(?:usr/)?lib/apk/db/installed"
    r"|(?:.*/)?[^/]+\.dist-info/METADATA"
)
LARGEST = 64 << 20
"""Bytes of one such file."""
GONE, OPAQUE = ".wh.", ".wh..wh..opq"
LAYERS_KEPT = 128

Files = Mapping[str, bytes]


class UnreadableError(Exception):
    """A layer is no archive that can be read here."""


def files_of(layers: Sequence[Path]) -> Files:
    """Return the telling files of an image, by path; the lowest layer comes first. Raises ``UnreadableError``."""
    found: dict[str, bytes] = {}
    for layer in layers:
        added, removed = _layer(str(layer))
        for path in removed:
            prefix = f"{path.rstrip('/')}/"
            found = {name: text for name, text in found.items() if name != path and not name.startswith(prefix)}
        found |= added
    return found


@lru_cache(LAYERS_KEPT)
def _layer(path: str) -> tuple[Files, Sequence[str]]:
    """Return what a layer adds and what it takes away; a blob's name is its digest, so it never changes."""
    added: dict[str, bytes] = {}
    removed: list[str] = []
    try:
        with tarfile.open(path, "r|*") as archive:
            for member in archive:
                place = PurePosixPath("/", member.name).relative_to("/")
                if place.name == OPAQUE:
                    removed.append(f"{place.parent}/")
                elif place.name.startswith(GONE):
                    removed.append(str(place.with_name(place.name.removeprefix(GONE))))
                elif member.isfile() and member.size <= LARGEST and TELLING.fullmatch(str(place)):
                    content = archive.extractfile(member)
                    added[str(place)] = content.read() if content else b""
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise UnreadableError(f"a layer can't be read: {error}") from error
    return added, removed
