"""The file of events before it is opened: one that can't be used is put aside, and a new one is begun."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from local_aws.services.logs.event_file import APPLICATION, FILE, FORMAT
from local_aws.state.files import put_aside


class _BrokenError(Exception):
    """The file can't be used; the text says why."""


def examine_events(folder: Path) -> Iterator[str]:
    """Look at the file of events in ``folder``; give a sentence where it had to be put aside.

    It takes the same time however large the file is; what is broken deep within is told by whoever reads there.
    """
    path = folder / FILE
    if not path.exists():
        return
    try:
        _look_at(path)
    except (_BrokenError, sqlite3.Error, OSError) as error:
        aside = put_aside(path)
        for suffix in ("-wal", "-shm"):
            beside = path.with_name(FILE + suffix)
            if beside.exists():
                put_aside(beside)
        yield f"{path} was broken ({error}), and was put aside as {aside.name}: a new one is begun, without log events."


def _look_at(path: Path) -> None:
    if not path.is_file():
        raise _BrokenError("it is not a file")
    with closing(sqlite3.connect(path)) as connection:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (form,) = connection.execute("PRAGMA user_version").fetchone()
        if (application, form) != (APPLICATION, FORMAT):
            raise _BrokenError("it holds no log events in a form that this version reads")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for table in ("streams", "removals"):
            connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - one of the two
        connection.execute("SELECT * FROM events ORDER BY stream DESC LIMIT 1").fetchall()
        (pages,), (size,) = (connection.execute(f"PRAGMA {of}").fetchone() for of in ("page_count", "page_size"))
    if path.stat().st_size < pages * size:
        raise _BrokenError("its end is missing")
