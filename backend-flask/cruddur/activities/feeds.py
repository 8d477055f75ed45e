"""Reading activities in PostgreSQL, page by page: the database composes JSON text, nothing parses it."""

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, LiteralString
from uuid import UUID

from cruddur.activities.cursors import Cursor
from cruddur.database.connections import Database, DatabaseUnavailableError
from cruddur.database.statements import statement
from cruddur.database.table_locks import TableLocks

# So many activities does a search read, newest first: then it has a page of any frequent word. A text that is
# too short for the index is looked for in no others.
MOST_READ: Final = 2_000
MOST_READ_WITHOUT_INDEX: Final = 10_000
# So many rows does it take from the index, of which some have expired.
MOST_CANDIDATES: Final = 50_000
_BEFORE_ALL: Final = {"before": "infinity", "before_uuid": "ffffffff-ffff-ffff-ffff-ffffffffffff"}
_ESCAPED_IN_LIKE: Final = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})
# What pg_trgm takes for a word; three characters of one are a trigram.
_INDEXED_WORD: Final = re.compile(r"[^\W_]{3,}")


@dataclass(frozen=True)
class Place:
    """Which part of a feed is wanted: at most `limit` rows after the cursor, or the newest ones."""

    limit: int
    after: Cursor | None

    @property
    def values(self) -> dict[str, Any]:
        """What sql/page.sql needs to know."""
        after = self.after
        before = (
            {"before": after.created_at.isoformat(), "before_uuid": str(after.uuid)} if after else _BEFORE_ALL
        )
        return {"limit": self.limit, **before}


@dataclass(frozen=True)
class Page:
    """Rows of a feed, newest first, as a JSON array, and where it goes on; None where it ends."""

    data: str
    next: Cursor | None


@dataclass(frozen=True)
class Feeds:
    """The feeds of a database; of living activities only. Every method may raise DatabaseUnavailableError.

    Searches use connections of their own, so that slow ones are few and take none from the other feeds.
    """

    database: Database
    searches: Database
    locks: TableLocks = field(default_factory=TableLocks)

    def home(self, place: Place) -> Page:
        """Everybody's activities, each with its newest replies."""
        return self._page(self.database, page_statement("home"), place, {})

    def by_handle(self, handle: str, place: Place) -> Page | None:
        """One person's activities; None when nobody has that handle."""
        page = self._page(self.database, page_statement("by_handle"), place, {"handle": handle})
        return page if page.data != "[]" or self._is("known_handle", {"handle": handle}) else None

    def replies(self, activity_uuid: UUID, place: Place) -> Page | None:
        """The replies to one activity, or to one reply; None when it is not there or has expired."""
        values = {"activity_uuid": activity_uuid}
        if not self._is("living", values):
            return None
        return self._page(self.database, page_statement("replies", "reply_rows"), place, values)

    def search(self, term: str, place: Place) -> Page:
        """The activities whose message contains the term, in capitals or not.

        For a term that the index knows nothing of, a page may have fewer rows than there are, and yet go on.
        """
        word = max(_INDEXED_WORD.findall(term), key=len, default="")
        values = {
            "pattern": f"%{term.translate(_ESCAPED_IN_LIKE)}%",
            "word": word,
            "most_read": MOST_READ if word else MOST_READ_WITHOUT_INDEX,
            "most_candidates": MOST_CANDIDATES,
        }
        return self._page(self.searches, page_statement("search"), place, values)

    def _is(self, name: str, values: dict[str, Any]) -> bool:
        return self._row(self.database, statement(name), values) is not None

    def _page(self, database: Database, sql: LiteralString, place: Place, values: dict[str, Any]) -> Page:
        data, created_at, uuid = self._row(database, sql, place.values | values)
        return Page(data, Cursor(created_at, uuid) if uuid else None)

    def _row(self, database: Database, sql: LiteralString, values: dict[str, Any]) -> Any:  # noqa: ANN401 - or None
        self.locks.check()
        try:
            with database.connection() as connection:
                return connection.execute(sql, values).fetchone()
        except DatabaseUnavailableError as error:
            self.locks.learn(error)
            raise


@cache
def page_statement(feed: LiteralString, rows: LiteralString = "activity_rows") -> LiteralString:
    """The statement for a page of the feed in `sql/FEED.sql`, shown by the view `rows`."""
    return statement("page").replace("/* feed */", statement(feed)).replace("/* rows */", rows)
