"""Records of our own services, kept in the database."""

import asyncio
import json
import threading
from collections.abc import Callable, Mapping
from typing import Any

from local_aws.state.database import Database, Row

Record = dict[str, Any]

_AREA = "records"


class Records:
    """JSON objects by key, kept in the ``database`` under ``name``; what is given out is a copy.

    A change that a thread makes is on disk when the call returns. One that is made on the event loop, as those of a
    stack's resources are, is written with all else that the same step of the loop changed: a crash leaves all or none.
    """

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name
        self._lock = threading.RLock()
        self._texts = {key: value for _store, key, value in database.rows(_AREA, name)}

    def get(self, key: str) -> Record | None:
        """Return the record under ``key``; None where there is none."""
        text = self._texts.get(key)
        return None if text is None else json.loads(text)

    def all(self) -> Mapping[str, Record]:
        """Return all records, in the order in which they were made."""
        with self._lock:
            texts = dict(self._texts)
        return {key: json.loads(text) for key, text in texts.items()}

    def put(self, key: str, record: Record) -> None:
        """Keep ``record`` under ``key``, in place of what was there."""
        self.put_all({key: record})

    def put_all(self, records: Mapping[str, Record]) -> None:
        """Keep each of ``records`` under its key: a crash leaves all of them or none."""
        with self._lock:
            self._texts.update({key: json.dumps(record) for key, record in records.items()})
        self._keep(*records)

    def change(self, key: str, change: Callable[[Record], None]) -> Record:
        """Apply ``change`` to the record under ``key``, which must be there; give what it is now."""
        with self._lock:
            record: Record = json.loads(self._texts[key])
            change(record)
            self._texts[key] = json.dumps(record)
        self._keep(key)
        return record

    def delete(self, *keys: str) -> None:
        """Forget the records under ``keys``, where there are any."""
        with self._lock:
            gone = [key for key in keys if self._texts.pop(key, None) is not None]
        if gone:
            self._keep(*gone)

    def row(self, key: str) -> Row:
        """Return the row of ``key`` as it is now."""
        return Row(_AREA, self._name, key, self._texts.get(key))

    def _keep(self, *keys: str) -> None:
        # Not under the lock: whoever writes asks for rows while he holds the database.
        self._database.keep(*((self, key) for key in keys), at_once=not _on_event_loop())


def _on_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
