"""Reaching a server that may still be starting, for a bounded time."""

import time
from typing import Final

import psycopg

from cruddur.database.connection_url import ConnectionUrl

_CONNECT_SECONDS: Final = 3
_PAUSE_SECONDS: Final = 0.5
# What a server says that will say the same a second later. libpq gives no code for a refused connection, only
# this text; from a server that speaks another language the only loss is the wait.
_FINAL_ANSWERS: Final = (
    "password authentication failed",
    "no pg_hba.conf entry",
    "does not exist",
    "no password supplied",
)


class NotDoneError(Exception):
    """The command did not do what it was told; the message is for people and carries no password."""


def connect(url: ConnectionUrl, wait_seconds: float, database: str | None = None) -> psycopg.Connection:
    """A connection that commits each statement; tries again for `wait_seconds`; raises NotDoneError.

    `database` goes before the one that the address names.
    """
    database = database or url.database
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            return psycopg.connect(
                url.text,
                dbname=database,
                autocommit=True,
                connect_timeout=_CONNECT_SECONDS,
                application_name="bin/db",
            )
        except psycopg.OperationalError as error:
            reason = " ".join(str(error).split())
            is_final = any(answer in reason for answer in _FINAL_ANSWERS)
            if is_final or time.monotonic() >= deadline:
                message = f"cannot use database {database} at {url.host}:{url.port}: {reason}"
                raise NotDoneError(message) from None
        time.sleep(_PAUSE_SECONDS)
