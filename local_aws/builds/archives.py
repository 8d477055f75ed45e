"""Zip archives: packed with modes and, on request, symbolic links; unpacked without leaving the folder."""

import os
import shutil
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

FILE_MODE, FOLDER_MODE = 0o644, 0o755


class ArchiveError(Exception):
    """The file is no zip archive, or holds names that lead outside."""


def pack(archive: Path, files: Mapping[str, Path], *, keep_links: bool = False) -> None:
    """Write ``files`` (name in the archive to file) into a new zip archive."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for name, file in files.items():
            if keep_links and file.is_symlink():
                entry = zipfile.ZipInfo(name)
                entry.create_system = 3
                entry.external_attr = (stat.S_IFLNK | 0o777) << 16
                target.writestr(entry, str(file.readlink()))
            else:
                entry = zipfile.ZipInfo.from_file(file, name, strict_timestamps=False)
                entry.compress_type = zipfile.ZIP_DEFLATED
                with file.open("rb") as source, target.open(entry, "w") as packed:
                    shutil.copyfileobj(source, packed)


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a zip archive; raises ``ArchiveError`` for what isn't one, or names a place outside ``folder``.

    What the archive gives no mode gets the one that a build host gives it (files 644, folders 755), whatever the umask
    of this process.
    """
    try:
        with zipfile.ZipFile(archive) as source:
            links = [entry for entry in source.infolist() if stat.S_ISLNK(entry.external_attr >> 16)]
            for entry in source.infolist():
                _check(entry.filename)
                if entry not in links:
                    _extract(source, entry, folder)
            # Links come last: nothing can be written through them.
            for entry in links:
                _link(source, entry, folder)
        for below, _, _ in os.walk(folder):
            Path(below).chmod(FOLDER_MODE)
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError) as error:
        raise ArchiveError(f"the archive can't be unpacked: {error}") from error


def _check(name: str) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise ArchiveError(f"the archive holds the name {name!r}, which leads outside")


def _extract(source: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> None:
    path = Path(source.extract(entry, folder))
    mode = stat.S_IMODE(entry.external_attr >> 16) or FILE_MODE
    if not entry.is_dir():
        path.chmod(mode | stat.S_IRUSR | stat.S_IWUSR)


def _link(source: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> None:
    path = folder / entry.filename
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(source.read(entry).decode())
