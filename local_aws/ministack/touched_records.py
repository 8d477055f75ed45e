"""Which records of a store may have changed: those that somebody was given since.

A record changes in place, by whoever was given it; so what was given to nobody is as it was. That holds of services
whose requests neither wait nor leave work to a thread while they hold a record, and whose records nothing else holds.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
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
