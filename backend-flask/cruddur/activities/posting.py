"""Writing activities and replies in PostgreSQL: each in one statement, and once for an idempotency key."""

import hashlib
import json
import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import psycopg

from cruddur.authentication.tokens import Caller
from cruddur.database.connections import ConnectionLostError, Database
from cruddur.database.statements import statement

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
_PERIOD: Final = timedelta(minutes=1)
# Each waits for a lock as long as the connection allows: together less than a second.
_ATTEMPTS: Final = 3


class HandleTakenError(Exception):
    """The caller's handle, or one that looks like it, belongs to another account or to none."""


class NothingToReplyToError(Exception):
    """There is no such activity, or it has expired."""


class KeyReusedError(Exception):
    """The idempotency key came with another request before."""


class TooManyPostsError(Exception):
    """The person has posted as much as is allowed; `seconds` is how long they have to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class OutcomeUnknownError(Exception):
    """The connection was lost before the database said whether the post was written."""


@dataclass(frozen=True)
class Post:
    """What a person wants to write: an activity with its lifetime, a key of LIFETIMES, or a reply to one."""

    message: str
    lifetime: str | None = None
    activity_uuid: UUID | None = None

    @property
    def fingerprint(self) -> bytes:
        """The same for the same post, and for no other."""
        parts = [self.message, self.lifetime, str(self.activity_uuid)]
        return hashlib.sha256(json.dumps(parts).encode()).digest()


class _Outcome(NamedTuple):
    """What came of a post, as sql/post.sql describes it."""

    author_uuid: UUID | None
    repeats: bool | None
    answer: str | None
    may_reply: bool
    wait: timedelta


@dataclass(frozen=True)
class Posting:
    """Writes to a database; a person may post `posts_per_minute` times in a minute."""

    database: Database
    posts_per_minute: int

    def write(self, caller: Caller, post: Post, key: str | None) -> str:
        """Writes the post and gives it back as a JSON object; the same object again for the same key.

        Raises an error of this module, or DatabaseUnavailableError when nothing was written.
        """
        values = self._values(caller, post, key)
        done = self._run(values)
        if done.author_uuid is None:
            self._make_author(caller)
            done = self._run(values)
        if done.repeats is False:
            raise KeyReusedError
        if not (done.may_reply or done.repeats):
            raise NothingToReplyToError
        if done.answer is None:
            raise TooManyPostsError(max(1, math.ceil(done.wait.total_seconds())))
        return done.answer

    def _values(self, caller: Caller, post: Post, key: str | None) -> dict[str, Any]:
        return {
            "cognito_user_id": caller.cognito_user_id,
            "message": post.message,
            "lifetime": LIFETIMES[post.lifetime] if post.lifetime else None,
            "activity_uuid": post.activity_uuid,
            "key": key,
            "fingerprint": post.fingerprint if key else None,
            "period": _PERIOD,
            "share": _PERIOD / self.posts_per_minute,
        }

    def _run(self, values: dict[str, Any]) -> _Outcome:
        attempts = 0
        try:
            with self.database.connection() as connection:
                while True:
                    attempts += 1
                    try:
                        row = connection.execute(statement("post"), values).fetchone()
                        return _Outcome(*(row or ()))
                    except (psycopg.errors.UniqueViolation, psycopg.errors.LockNotAvailable):
                        # A request with the same key was under way, and is done now; or many post at once
                        # for one person, or to one activity. Nothing was written.
                        if attempts == _ATTEMPTS:
                            raise
        except ConnectionLostError as error:
            raise OutcomeUnknownError from error

    def _make_author(self, caller: Caller) -> None:
        values = {"handle": caller.handle, "cognito_user_id": caller.cognito_user_id}
        with self.database.connection() as connection:
            made = connection.execute(statement("new_author"), values).fetchone()
            # Another first post of the same person may have been quicker.
            if made is None and connection.execute(statement("known_author"), values).fetchone() is None:
                raise HandleTakenError(caller.handle)
