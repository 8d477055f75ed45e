"""Executions and stage transitions on disk, so that they outlive the process, also when it is killed.

SQLite with a write-ahead log: a write is whole or not there, and what was committed survives SIGKILL.
An execution is one JSON document in one row; it is small (a few kilobytes) and always written as a whole.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from local_aws.pipelines.records import ExecutionRecord
from reporting.errors import CannotRunError

FORMAT = 1
"""The number of the tables' form, kept in the file; a file of another form is refused."""

TABLES = """
CREATE TABLE IF NOT EXISTS executions (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT UNIQUE NOT NULL, pipeline TEXT NOT NULL, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS transitions (
    pipeline TEXT NOT NULL, stage TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (pipeline, stage));
"""


@dataclass(frozen=True)
class Transition:
    """The way into a stage: open or closed, by whom, when (epoch seconds), why."""

    enabled: bool
    changed_by: str
    changed: float
    reason: str = ""


class ExecutionStore:
    """The file. Its user holds a lock of his own around each call."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        (found,) = self._connection.execute("PRAGMA user_version").fetchone()
        if found not in (0, FORMAT):
            raise CannotRunError(
                f"{path} holds pipeline executions in form {found}, and this version reads form {FORMAT}: "
                "move the file away to start with an empty history."
            )
        self._connection.executescript(TABLES)
        self._connection.execute(f"PRAGMA user_version={FORMAT}")

    def executions(self) -> list[ExecutionRecord]:
        """Give every execution, oldest first."""
        rows = self._connection.execute("SELECT sequence, document FROM executions ORDER BY sequence")
        found = []
        for sequence, document in rows:
            record = ExecutionRecord.from_document(json.loads(document))
            record.sequence = sequence
            found.append(record)
        return found

    def add(self, record: ExecutionRecord, changed: Iterable[ExecutionRecord] = ()) -> None:
        """Write a new execution, give it its number in the order of arrival, and write ``changed``: all or nothing."""
        with self._transaction():
            cursor = self._connection.execute(
                "INSERT INTO executions (id, pipeline, document) VALUES (?, ?, ?)",
                (record.id, record.pipeline, json.dumps(record.to_document())),
            )
            record.sequence = cursor.lastrowid or 0
            self._update(changed)

    def save(self, records: Iterable[ExecutionRecord]) -> None:
        """Write the present state of ``records``: all of them or none."""
        with self._transaction():
            self._update(records)

    def _update(self, records: Iterable[ExecutionRecord]) -> None:
        self._connection.executemany(
            "UPDATE executions SET document = ? WHERE id = ?",
            [(json.dumps(record.to_document()), record.id) for record in records],
        )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def transitions(self) -> dict[tuple[str, str], Transition]:
        """Give the transitions that were ever changed, by pipeline and stage."""
        rows = self._connection.execute("SELECT pipeline, stage, document FROM transitions")
        return {(pipeline, stage): Transition(**json.loads(document)) for pipeline, stage, document in rows}

    def save_transition(self, pipeline: str, stage: str, transition: Transition) -> None:
        """Write how the way into ``stage`` stands."""
        self._connection.execute(
            "INSERT OR REPLACE INTO transitions (pipeline, stage, document) VALUES (?, ?, ?)",
            (pipeline, stage, json.dumps(asdict(transition))),
        )

    def forget(self, pipeline: str) -> None:
        """Remove all that is kept of a pipeline: it was deleted."""
        with self._transaction():
            self._connection.execute("DELETE FROM executions WHERE pipeline = ?", (pipeline,))
            self._connection.execute("DELETE FROM transitions WHERE pipeline = ?", (pipeline,))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
