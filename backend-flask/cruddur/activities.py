"""Reading and writing activities in PostgreSQL.

Reading gives JSON text: the database composes it, nothing parses it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import psycopg

from cruddur.database import Database
from cruddur.statements import statement
from cruddur.tokens import Caller

PAGE_SIZE: Final = 50
# The lifetimes that a person chooses from, by the names that the API has for them.
LIFETIMES: Final = {
    "30-days": timedelta(days=30),
    "7-days": timedelta(days=7),
    "3-days": timedelta(days=3),
    "1-day": timedelta(days=1),
    "12-hours": timedelta(hours=12),
    "3-hours": timedelta(hours=3),
    "1-hour": timedelta(hours=1),
}
_ESCAPED_IN_LIKE: Final = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})


class HandleTakenError(Exception):
    """The caller's handle belongs to another account."""


@dataclass(frozen=True)
class Activities:
    """The activities in a database. Every method may raise DatabaseUnavailableError."""

    database: Database

    def home(self) -> str:
        """The newest living activities with their newest replies: a JSON array."""
        return str(self._value("home", {"page_size": PAGE_SIZE}))

    def by_handle(self, handle: str) -> str | None:
        """The newest living activities of one person: a JSON array; None when nobody has that handle."""
        return self._value("by_handle", {"handle": handle, "page_size": PAGE_SIZE})

    def search(self, term: str) -> str:
        """The newest living activities whose message contains the term, in capitals or not: a JSON array."""
        pattern = f"%{term.translate(_ESCAPED_IN_LIKE)}%"
        return str(self._value("search", {"pattern": pattern, "page_size": PAGE_SIZE}))

    def create(self, caller: Caller, message: str, lifetime: str) -> str:
        """Writes an activity and gives it back as a JSON object; `lifetime` is a key of LIFETIMES."""
        with self.database.connection() as connection, connection.transaction():
            values = {
                "user_uuid": _author(connection, caller),
                "message": message,
                "lifetime": LIFETIMES[lifetime],
            }
            return _activity(connection, _run(connection, "create_activity", values))

    def reply(self, caller: Caller, activity_uuid: UUID, message: str) -> str | None:
        """Writes a reply and gives it back as a JSON object; None when no living activity has that id."""
        with self.database.connection() as connection, connection.transaction():
            if _run(connection, "count_reply", {"activity_uuid": activity_uuid}) is None:
                return None
            values = {
                "user_uuid": _author(connection, caller),
                "message": message,
                "activity_uuid": activity_uuid,
            }
            return _activity(connection, _run(connection, "create_reply", values))

    def _value(self, name: str, values: dict[str, Any]) -> str | None:
        with self.database.connection() as connection:
            value: str | None = _run(connection, name, values)
            return value


def _run(connection: psycopg.Connection, name: str, values: dict[str, Any]) -> Any:  # noqa: ANN401 - as the statement says
    row = connection.execute(statement(name), values).fetchone()
    return None if row is None else row[0]


def _activity(connection: psycopg.Connection, activity_uuid: UUID) -> str:
    return str(_run(connection, "activity", {"activity_uuid": activity_uuid}))


def _author(connection: psycopg.Connection, caller: Caller) -> UUID:
    values = {"cognito_user_id": caller.cognito_user_id, "handle": caller.handle}
    uuid: UUID | None = _run(connection, "known_author", values) or _new_author(connection, values)
    if uuid is None:
        raise HandleTakenError(caller.handle)
    return uuid


def _new_author(connection: psycopg.Connection, values: dict[str, Any]) -> UUID | None:
    try:
        with connection.transaction():
            uuid: UUID | None = _run(connection, "author", values)
    except psycopg.errors.UniqueViolation:
        # The statement settles a conflict of handles, not one of accounts: another first message of the same
        # person, sent at the same moment, has made the row between the look and the insertion.
        uuid = _run(connection, "known_author", values)
    return uuid
