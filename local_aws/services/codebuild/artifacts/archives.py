"""Zip archives: packed with modes and, on request, symbolic links; unpacked without leaving the folder.

What no source or artifact has, and an attack does, is refused in a sentence: names and links that lead outside, files
that are neither file nor folder nor link, names that are there twice, and more than there is room for.
"""

import lzma
import os
import shutil
import stat
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from local_aws.services.codebuild.artifacts.globs import is_inside

FILE_MODE, FOLDER_MODE = 0o644, 0o755
PERMISSIONS = 0o777
"""Without the bits that give a program the rights of its owner."""
KINDS = (0, stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK)
MOST_ENTRIES = 300_000
LARGEST = 5 << 30
"""Bytes of all files, as of an upload: https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html."""
GREATEST_RATIO, FREE_OF_RATIO = 200, 1 << 28
"""How many times its own size an archive may become; below some bytes, it may be more."""
LONGEST_TARGET = 4096
UTF8_FLAG = 0x800
UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, RuntimeError, NotImplementedError),
    ValueError,
)
"""What Python's reader of archives raises."""


class ArchiveError(Exception):
    """The file is no zip archive, or can't be packed or unpacked without harm."""


def pack(archive: Path, files: Mapping[str, Path], *, keep_links: bool = False) -> None:
    """Write ``files`` (name in the archive to file, as ``check_packed`` takes them) into a new zip archive."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for name, file in files.items():
            if keep_links and file.is_symlink():
                entry = zipfile.ZipInfo(name)
                entry.create_system = 3
                entry.external_attr = (stat.S_IFLNK | PERMISSIONS) << 16
                target.writestr(entry, str(file.readlink()))
            else:
                entry = zipfile.ZipInfo.from_file(file, name, strict_timestamps=False)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = (stat.S_IFREG | entry.external_attr >> 16 & PERMISSIONS) << 16
                with file.open("rb") as source, target.open(entry, "w") as packed:
                    shutil.copyfileobj(source, packed)


def check_packed(files: Mapping[str, Path]) -> None:
    """Refuse names that are not UTF-8, and more than can be stored."""
    for name in files:
        if name.encode("utf-8", "replace") != name.encode("utf-8", "surrogateescape"):
            raise ArchiveError(f"the name {os.fsencode(name)!r} is not UTF-8")
    _check_amount(len(files), sum(file.stat().st_size for file in files.values() if file.is_file()))


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a zip archive; raises ``ArchiveError`` for what isn't one, or isn't taken.

    What the archive gives no mode gets the one that a build host gives it (files 644, folders 755), whatever the umask
    of this process.
    """
    try:
        with zipfile.ZipFile(archive) as source:
            entries = source.infolist()
            _check_size(entries, archive.stat().st_size)
            names = _names(entries)
            links = {name: entry for name, entry in names.items() if stat.S_ISLNK(_kind(entry))}
            for name, entry in names.items():
                if name not in links:
                    _extract(source, entry, folder / name)
            # Links come last: nothing can be written through them.
            targets = {name: _link(source, entry, folder / name) for name, entry in links.items()}
            for name, target in targets.items():
                _check_target(folder / name, target, folder)
        for below, _, _ in os.walk(folder):
            Path(below).chmod(FOLDER_MODE)
    except UNREADABLE as error:
        raise ArchiveError(f"the archive can't be unpacked: {error}") from error


def _check_size(entries: Sequence[zipfile.ZipInfo], packed: int) -> None:
    size = sum(entry.file_size for entry in entries)
    _check_amount(len(entries), size)
    if size > FREE_OF_RATIO and size > GREATEST_RATIO * packed:
        raise ArchiveError(
            f"the archive of {packed} bytes would become {size}, more than {GREATEST_RATIO} times as many"
        )


def _check_amount(entries: int, size: int) -> None:
    if entries > MOST_ENTRIES:
        raise ArchiveError(f"the archive holds {entries} files; at most {MOST_ENTRIES} are allowed")
    if size > LARGEST:
        raise ArchiveError(f"the files of the archive have {size} bytes; at most {LARGEST} are allowed")


def _names(entries: Sequence[zipfile.ZipInfo]) -> dict[PurePosixPath, zipfile.ZipInfo]:
    found: dict[PurePosixPath, zipfile.ZipInfo] = {}
    for entry in entries:
        path = PurePosixPath(_name(entry))
        if path.is_absolute() or ".." in path.parts:
            raise ArchiveError(f"the archive holds the name {str(path)!r}, which leads outside")
        if _kind(entry) not in KINDS:
            raise ArchiveError(f"the archive holds {str(path)!r}, which is neither a file nor a folder nor a link")
        if path in found and not (entry.is_dir() and found[path].is_dir()):
            raise ArchiveError(f"the archive holds {str(path)!r} twice")
        found[path] = entry
    for path in found:
        link = next((parent for parent in path.parents if parent in found and stat.S_ISLNK(_kind(found[parent]))), None)
        if link is not None:
            raise ArchiveError(f"the archive holds {str(path)!r}, which lies below the link {str(link)!r}")
    return found


def _name(entry: zipfile.ZipInfo) -> str:
    if entry.flag_bits & UTF8_FLAG or entry.filename.isascii():
        return entry.filename
    # Without the flag, Python takes a name for one of MS-DOS; most programs wrote UTF-8 all the same.
    name = entry.filename.encode("cp437")
    try:
        return name.decode()
    except UnicodeDecodeError:
        raise ArchiveError(f"the archive holds the name {name!r}, which is not UTF-8") from None


def _kind(entry: zipfile.ZipInfo) -> int:
    return stat.S_IFMT(entry.external_attr >> 16)


def _extract(source: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> None:
    if entry.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with source.open(entry) as packed, path.open("xb") as target:
        shutil.copyfileobj(packed, target)
    path.chmod((entry.external_attr >> 16 & PERMISSIONS or FILE_MODE) | stat.S_IRUSR | stat.S_IWUSR)


def _link(source: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> str:
    with source.open(entry) as packed:
        target = packed.read(LONGEST_TARGET).decode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)
    return target


def _check_target(path: Path, target: str, folder: Path) -> None:
    # Where it leads is what counts, through all other links.
    if PurePosixPath(target).is_absolute() or not is_inside(path, folder):
        name = str(path.relative_to(folder))
        raise ArchiveError(f"the archive holds the link {name!r} to {target!r}, which leads outside")
