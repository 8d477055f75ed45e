"""The database before it is opened: looked at, and gone back to its last copy where it is broken.

A copy is made at each start, of what was found to be sound, and at each stop. A database that is broken is put aside
under a name of its own, and never taken for an empty one.
"""

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from local_aws.state.database import APPLICATION, COMMITS_FILE, FORMAT, commits_of, connected
from local_aws.state.files import DATABASE_FILE, put_aside, sync_folder
from reporting.errors import CannotRunError

COPY_FILE = "state.last-good.sqlite"
_BESIDE = ("-wal", "-shm")
_MAGIC = b"SQLite format 3\0"
"""https://www.sqlite.org/fileformat.html#the_database_header"""


class BrokenError(Exception):
    """A database can't be used; the text says why."""


@dataclass(frozen=True)
class _Found:
    """What a sound database says of itself."""

    commits: int


def examine_database(folder: Path) -> Iterator[str]:
    """Make sure that the database in ``folder`` can be opened; give a sentence on each thing that was broken.

    ``CannotRunError`` where it is broken and there is no copy to go back to.
    """
    path, expected = folder / DATABASE_FILE, _expected_commits(folder)
    if not path.exists() and not expected and not (folder / COPY_FILE).exists():
        return
    yield from _tidy(folder)
    try:
        found = _examined(path)
    except BrokenError as error:
        yield _gone_back(folder, str(error))
        return
    if expected is None:
        aside = put_aside(folder / COMMITS_FILE)
        yield f"{folder / COMMITS_FILE} was broken, and was put aside as {aside.name}: a new one is made."
    elif found.commits < expected:
        (folder / COMMITS_FILE).unlink()
        yield (
            f"{path}-wal was missing or broken: the last {expected - found.commits} writes are lost, and what was "
            "there before them is used."
        )
    keep_copy(folder)


def keep_copy(folder: Path) -> None:
    """Copy the database, which nobody has open, unless the copy is of this state; a full disk goes without."""
    path, copy = folder / DATABASE_FILE, folder / COPY_FILE
    with suppress(OSError):
        if copy.is_file() and copy.stat().st_mtime_ns == path.stat().st_mtime_ns:
            return
        beside = copy.with_name(f"{COPY_FILE}.tmp")
        try:
            shutil.copyfile(path, beside)
            beside.chmod(0o600)
            shutil.copystat(path, beside)
            beside.replace(copy)
        finally:
            beside.unlink(missing_ok=True)
        sync_folder(folder)


def _tidy(folder: Path) -> Iterator[str]:
    """Put aside what would keep a sound database from being opened, or its next copy from being made."""
    index = folder / f"{DATABASE_FILE}-shm"
    if index.is_file():
        # SQLite makes it anew of the write-ahead log.
        index.unlink()
    copy = folder / COPY_FILE
    if copy.exists() and not _looks_like_one(copy):
        yield f"{copy} was broken, and was put aside as {put_aside(copy).name}: a new copy is made."
    for path in (index, folder / f"{DATABASE_FILE}-wal"):
        if path.exists() and not path.is_file():
            yield f"{path} was no file, and was put aside as {put_aside(path).name}."


def _looks_like_one(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def _expected_commits(folder: Path) -> int | None:
    """Return the number of the last write, as it was noted beside the database; None where that note is broken."""
    path = folder / COMMITS_FILE
    try:
        return int(path.read_text()) if path.exists() else 0
    except (OSError, ValueError):
        return None


def _examined(path: Path) -> _Found:
    """Look at a database, and leave it in one file; raise ``BrokenError`` where it can't be used."""
    if not path.exists():
        raise BrokenError("it is missing")
    if not path.is_file():
        raise BrokenError("it is not a file")
    if not path.stat().st_size:
        raise BrokenError("it is empty")
    try:
        with closing(connected(path)) as connection:
            return _looked_at(connection)
    except (sqlite3.Error, OSError, ValueError) as error:
        raise BrokenError(str(error)) from error


def _looked_at(connection: sqlite3.Connection) -> _Found:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (form,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION:
        raise BrokenError("it is not a database of the local AWS")
    if form != FORMAT:
        raise CannotRunError(
            f"{connection.execute('PRAGMA database_list').fetchone()[2]} is of form {form}, and this version reads "
            f"form {FORMAT}: use the version that wrote it, or forget it with bin/local-aws reset."
        )
    (verdict, *_more) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise BrokenError(str(verdict).replace("\n", " "))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return _Found(commits_of(connection))


def _gone_back(folder: Path, reason: str) -> str:
    path, copy = folder / DATABASE_FILE, folder / COPY_FILE
    try:
        _examined(copy)
    except BrokenError as error:
        raise CannotRunError(
            f"{path} is broken ({reason}), and its last copy {COPY_FILE} can't be used ({error}): put back a backup of "
            "yours, or forget everything with bin/local-aws reset. Nothing was changed."
        ) from error
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(copy.stat().st_mtime))
    aside = put_aside(path) if path.exists() else None
    for suffix in _BESIDE:
        beside = path.with_name(DATABASE_FILE + suffix)
        if beside.exists():
            put_aside(beside)
    shutil.copyfile(copy, path)
    path.chmod(0o600)
    (folder / COMMITS_FILE).unlink(missing_ok=True)
    what = f"{path} was broken ({reason})" + (f", and was put aside as {aside.name}" if aside else "")
    return f"{what}: its last copy, of {since}, is used. What was done after that is not in it."
