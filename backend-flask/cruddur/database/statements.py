"""The service's SQL: one statement a file in `sql/`, read once."""

from functools import cache
from importlib.resources import files
from typing import LiteralString


@cache
def statement(name: str) -> LiteralString:
    """The text of `sql/NAME.sql`; values go in by %(name)s, never by pasting."""
    # psycopg takes only text that no user can have written: these files are part of the program.
    return files("cruddur").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
