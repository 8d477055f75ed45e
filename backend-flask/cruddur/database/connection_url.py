"""Reading the address of the database, without ever repeating it: it carries a password."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict

_SCHEMES: Final = ("postgresql://", "postgres://")
_DEFAULT_PORT: Final = "5432"
_HIGHEST_PORT: Final = 65535
_ALLOWED: Final = (
    "Allowed is postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with every character of the user and of "
    "the password that is neither a letter nor a digit percent-encoded (%40 for @, %2F for /)."
)
# A password with a raw "@", "/", "?", "#" or ":" ends up in one of these parts; refusing it keeps it out of
# messages.
_HOST: Final = re.compile(r"[A-Za-z0-9._:,/\-]+")
_DATABASE: Final = re.compile(r"[A-Za-z0-9_.$\-]{1,63}")


class ConnectionUrlError(ValueError):
    """The text is not the address of a PostgreSQL database; the message never repeats it."""


def told_in(environment: Mapping[str, str]) -> str:
    """The address of the database that the environment tells: CONNECTION_URL, or what its parts come to.

    The parts are PGHOST, PGPORT, PGDATABASE, PGUSER and PGPASSWORD, as a platform gives them that keeps user
    and password in a secret of their own; empty where neither is told. libpq reads PGSSLMODE by itself:
    https://www.postgresql.org/docs/current/libpq-envars.html
    """
    url = environment.get("CONNECTION_URL", "").strip()
    host = environment.get("PGHOST", "").strip()
    if url or not host:
        return url
    user, password = (quote(environment.get(name, ""), safe="") for name in ("PGUSER", "PGPASSWORD"))
    port, database = (environment.get(name, "").strip() for name in ("PGPORT", "PGDATABASE"))
    return f"postgresql://{user}:{password}@{host}:{port or _DEFAULT_PORT}/{database}"


@dataclass(frozen=True)
class ConnectionUrl:
    """The address of a database: `text` for the driver, the other fields for people.

    `host` may be a folder (a Unix socket) or several hosts with commas, as libpq allows:
    https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING
    """

    text: str = field(repr=False)
    host: str
    port: str
    database: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads a libpq connection URI; raises ConnectionUrlError."""
        try:
            values = conninfo_to_dict(text) if text.startswith(_SCHEMES) else {}
        except (ValueError, psycopg.Error):
            # libpq's own message quotes the part that it could not read, which may be the password.
            values = {}
        port = str(values.get("port") or _DEFAULT_PORT)
        if not values or not all(_is_port(each) for each in port.split(",")):
            message = f"it is not a PostgreSQL address. {_ALLOWED}"
            raise ConnectionUrlError(message)
        host = str(values.get("hostaddr") or values.get("host") or "")
        database = str(values.get("dbname") or "")
        if not _HOST.fullmatch(host):
            message = f"it names no host, or one with characters that no host has. {_ALLOWED}"
            raise ConnectionUrlError(message)
        if not _DATABASE.fullmatch(database):
            message = (
                "it names no database, or one with other characters than letters, digits, '_', '-', '.' and "
                f"'$', or with more than 63. {_ALLOWED}"
            )
            raise ConnectionUrlError(message)
        return cls(text, host, port, database)

    @property
    def is_local(self) -> bool:
        """Whether every host it names is this machine: loopback or a Unix socket."""
        return all(_is_local(host) for host in self.host.split(","))

    def __str__(self) -> str:
        """The address as a message may show it: no user, no password."""
        return f"database {self.database} at {self.host}:{self.port}"


def _is_port(text: str) -> bool:
    # Nothing, between the commas of several hosts, is the default port.
    return not text or (text.isascii() and text.isdecimal() and 0 < int(text) <= _HIGHEST_PORT)


def _is_local(host: str) -> bool:
    if host == "localhost" or host.startswith("/"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
