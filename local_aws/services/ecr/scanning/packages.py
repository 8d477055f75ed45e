"""Which packages an image has: its layers put on top of each other, and the lists that dpkg, apk and pip keep in them.

https://github.com/opencontainers/image-spec/blob/main/layer.md
"""

import re
import tarfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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


OS, PYTHON = "OS", "PYTHONPKG"
"""As ``packageManager`` of https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_VulnerablePackage.html"""
SOURCE = re.compile(r"(?P<name>\S+)(?: \((?P<version>[^)]+)\))?")
RELEASE = re.compile(r'^(\w+)="?([^"\n]*)"?$', re.MULTILINE)
APK_NAMES = {"P": "Package", "V": "Version", "o": "Source"}


@dataclass(frozen=True)
class Package:
    """An installed package; ``ecosystem`` and ``source`` are what OSV's advisories name it by."""

    name: str
    version: str
    manager: str
    ecosystem: str
    source: str


def packages(files: Files) -> Iterator[Package]:
    """Yield them; none where no list is known."""
    system = ecosystem(files)
    for path, content in files.items():
        text = content.decode("utf-8", "replace")
        if path.endswith(".dist-info/METADATA"):
            told = _fields(text.partition("\n\n")[0])
            if told.get("Name") and told.get("Version"):
                yield Package(told["Name"], told["Version"], PYTHON, "PyPI", told["Name"])
        elif system and not path.endswith("os-release"):
            yield from _of_system(path, text, system)


def ecosystem(files: Files) -> str:
    """Return the name that OSV has for the image's system, such as ``Debian:12``; empty where it is not known.

    https://ossf.github.io/osv-schema/#defined-ecosystems
    """
    text = next((content for path, content in files.items() if path.endswith("os-release")), b"")
    told = dict(RELEASE.findall(text.decode("utf-8", "replace")))
    version = told.get("VERSION_ID", "")
    if told.get("ID") == "debian":
        return f"Debian:{version}"
    if told.get("ID") == "alpine":
        return f"Alpine:v{'.'.join(version.split('.')[:2])}"
    return ""


def _of_system(path: str, text: str, system: str) -> Iterator[Package]:
    is_apk = path.endswith("apk/db/installed")
    for paragraph in text.split("\n\n"):
        told = _fields(paragraph)
        if is_apk:
            told = {word: told[letter] for letter, word in APK_NAMES.items() if letter in told}
        elif told.get("Status", "installed").split()[-1:] != ["installed"]:
            continue
        name, version = told.get("Package", ""), told.get("Version", "")
        source = SOURCE.match(told.get("Source", name))
        if name and version and source:
            yield Package(name, source["version"] or version, OS, system, source["name"])


def _fields(paragraph: str) -> Mapping[str, str]:
    pairs = (line.partition(":") for line in paragraph.splitlines() if line[:1].strip())
    return {name: value.strip() for name, _, value in pairs}
