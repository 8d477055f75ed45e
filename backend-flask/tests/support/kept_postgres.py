"""A PostgreSQL whose million activities are made once and kept."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cruddur.database.connection_url import ConnectionUrl
from cruddur.database_commands import lifecycle
from cruddur.database_commands.migrations import migrations
from tests.support.databases import prepare
from tests.support.large_table import fill
from tests.support.postgres import PostgreSQL

ACTIVITIES = 1_000_000
_WAIT_SECONDS = 60
# Not in the clone, which may lie where the user that PostgreSQL runs as may not look.
_KEPT = Path(f"/var/tmp/cruddur-postgres-{os.getuid()}")  # noqa: S108 - whose it is, is looked at below


@contextmanager
def kept_postgres() -> Iterator[PostgreSQL]:
    """Runs it, filled; one process at a time can. The first time takes a minute or two."""
    _KEPT.mkdir(mode=0o755, exist_ok=True)
    if _KEPT.is_symlink() or _KEPT.stat().st_uid != os.getuid():
        message = f"{_KEPT} is somebody else's: remove it"
        raise RuntimeError(message)
    folder = _KEPT / "server"
    folder.mkdir(exist_ok=True)
    server = PostgreSQL(folder)
    try:
        _fill_once(server.url, _KEPT / "filled")
        yield server
    finally:
        server.stop()


def _fill_once(url: str, filled: Path) -> None:
    wanted = f"{ACTIVITIES} {''.join(one.text for one in migrations())}"
    if filled.exists() and filled.read_text(encoding="utf-8") == wanted:
        return
    filled.unlink(missing_ok=True)
    lifecycle.drop(ConnectionUrl.parse(url), _WAIT_SECONDS, times_told=2)
    prepare(url)
    fill(url, ACTIVITIES, lifetime="100 years")
    filled.write_text(wanted, encoding="utf-8")
