"""The records of one store: which of them may have changed, and which differ from what was written last.

A record changes in place, by whoever was given it; so what was given to nobody is as it was. That holds of services
whose requests neither wait nor leave work to a thread while they hold a record, and whose records nothing else holds.
"""

import logging
import marshal
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local_aws.ministack.cloudformation.partial_state import KINDS

SERVICES = frozenset({"secretsmanager", "ssm"})
"""Of these it holds, and they may have many records. A look at all of them, once a second, finds where it does not."""

_ABSENT = object()


class Touched(dict[Any, Any]):
    """The records of a store. ``taken`` gives the keys of those that were given, put or removed since it was asked."""

    def __init__(self, records: Mapping[Any, Any]) -> None:
        super().__init__(records)
        self._touched: set[Any] = set(records)

    def __iter__(self) -> Iterator[Any]:
        """Return the keys. With this method here, copies by ``dict`` and ``**`` ask for each record."""
        return super().__iter__()

    def taken(self) -> set[Any]:
        """Return the keys, and begin anew."""
        taken, self._touched = self._touched, set()
        return taken

    def shown(self, keys: Iterable[Any] | None) -> dict[Any, Any]:
        """Return the records of those keys that are there, or all, to somebody who changes none."""
        if keys is None:
            return dict(super().items())
        found = ((key, dict.get(self, key, _ABSENT)) for key in keys)
        return {key: record for key, record in found if record is not _ABSENT}


def _one(name: str) -> Callable[..., Any]:
    """Make a method of ``dict`` that is about one key note it."""
    original = getattr(dict, name)

    def method(self: Touched, key: Any, *rest: Any) -> Any:  # noqa: ANN401 - records are of any type
        self._touched.add(key)
        return original(self, key, *rest)

    return method


def _all(name: str) -> Callable[..., Any]:
    """Make a method of ``dict`` that is about all records, and maybe others that are given, note them."""
    original = getattr(dict, name)

    def method(self: Touched, *others: Any) -> Any:  # noqa: ANN401 - the same
        given = [dict(other) for other in others]
        self._touched.update(self, *given)
        return original(self, *given)

    return method


for _name in ("__getitem__", "__setitem__", "__delitem__", "get", "setdefault", "pop"):
    setattr(Touched, _name, _one(_name))
for _name in ("items", "values", "copy", "clear", "popitem", "update", "__or__", "__ior__"):
    setattr(Touched, _name, _all(_name))


def watch(store: Any) -> None:  # noqa: ANN401 - MiniStack is untyped
    """Have a store of MiniStack's note which of its records somebody is given."""
    if isinstance(store, KINDS) and not isinstance(store._data, Touched):
        store._data = Touched(store._data)


_READ = 0
"""The digest of what was read at the start: it is written once more, as restoring it may have changed it."""

_LOGGER = logging.getLogger("local_aws")


@dataclass(frozen=True)
class Difference:
    """Copies of the records that are new or changed, the keys of those that are gone, and what to call once on disk."""

    fresh: Mapping[Any, Any]
    gone: list[Any]
    confirm: Callable[[], None]


class StoreState:
    """One store. Of one that notes which records it gives, only those are looked at, unless others changed as well."""

    def __init__(self) -> None:
        self._digests: dict[Any, int] = {}
        self._given: set[Any] = set()
        self._notes_all = True

    def is_empty(self) -> bool:
        """Return whether no record is on disk."""
        return not self._digests

    def read(self, key: Any) -> None:  # noqa: ANN401 - keys are of any type
        """Hear that there is a row of that key on disk."""
        self._digests[key] = _READ

    def changed(self, records: Mapping[Any, Any], *, thoroughly: bool) -> Difference:
        """Return what differs; ``thoroughly`` looks at all records."""
        given = self._given_of(records)
        keys = None if thoroughly or given is None or not self._notes_all else given
        looked_at = records.shown(keys) if isinstance(records, Touched) else dict(records)
        digests = {key: _digest(record) for key, record in looked_at.items()}
        digests = {key: digest for key, digest in digests.items() if digest != self._digests.get(key)}
        fresh = {key: _copied(looked_at[key]) for key in digests}
        gone = [key for key in (self._digests if keys is None else keys) if key in self._digests and key not in records]
        if given is not None and self._notes_all and not given.issuperset([*digests, *gone]):
            _LOGGER.info("Records change that nobody was given: from now on, all are looked at")
            self._notes_all = False
        # All others are on disk as they are, until somebody is given them again.
        self._given = {*digests, *gone}

        def confirm() -> None:
            self._digests.update(digests)
            for key in gone:
                self._digests.pop(key, None)
            self._given.difference_update(digests, gone)

        return Difference(fresh, gone, confirm)

    def _given_of(self, records: Mapping[Any, Any]) -> set[Any] | None:
        """Give the keys of all records that were given to somebody since they were looked at; None where none notes."""
        return self._given | records.taken() if isinstance(records, Touched) else None


def _digest(record: Any) -> int:  # noqa: ANN401 - what services keep is of any type
    try:
        return hash(marshal.dumps(record, 2))
    except ValueError:
        # Such as a private key, which is made once and never changed.
        return hash(repr(record))


def _copied(record: Any) -> Any:  # noqa: ANN401 - the same
    """Copy a record, so that no thread changes it any more."""
    try:
        # One call into C, during which no other thread runs: what it gives is whole.
        return marshal.loads(marshal.dumps(record, 2))  # noqa: S302 - it is made here
    except ValueError:
        return record
