"""Runs a service's own ``get_state`` on some of its records.

``get_state`` says which records a service keeps, and in what form; but it copies all of them. Here its code runs with
its module's names, of which those stores are replaced by small ones that are a member of the state each. What other
members are made of is left as it is.
"""

import copy
import marshal
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict

Store = Any
"""One of ``KINDS``; MiniStack is untyped here."""

KINDS = (AccountScopedDict, AccountRegionScopedDict)
_PROBE = "probe"
_PACKAGE = "ministack."


class PartialState:
    """The state of one module. ``stores`` names the store behind each member that has one."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._tables = {name: tuple(value) for name, value in vars(module).items() if _is_table(value)}
        self._names = [name for name, value in vars(module).items() if isinstance(value, KINDS)]
        self.stores = self._stores_by_member()
        mapped = {name.partition("/")[0] for name in self.stores.values()}
        self._names = [name for name in self._names if name in mapped]
        read = {name: vars(module).get(name) for name in _names_read(module, module.get_state, set())}
        self._beside = sorted(name for name, value in read.items() if name not in mapped and _is_plain(value))
        self._asks_others = any(_is_of_another(module, value) for value in read.values())
        self._numbers = count(1)

    def of(self, part: Callable[[Store], Store]) -> Mapping[str, Any]:
        """Return what ``get_state`` makes of the parts that stand for the stores."""
        there = vars(self._module)
        parts: dict[int, Store] = {}

        def stand_in(store: Store) -> Store:
            if id(store) not in parts:
                parts[id(store)] = part(store)
            return parts[id(store)]

        tables = {name: {key: stand_in(there[name][key]) for key in keys} for name, keys in self._tables.items()}
        stores = {name: stand_in(there[name]) for name in self._names}
        names = {**there, **tables, **stores, "copy": _SPARING}
        state: Mapping[str, Any] = FunctionType(self._module.get_state.__code__, names)() or {}
        return state

    def digest_beside(self) -> int:
        """Return a digest of what the other members are made of: another one where that may differ."""
        if self._asks_others:
            return next(self._numbers)
        values = [getattr(self._module, name) for name in self._beside]
        values = [value._data if isinstance(value, KINDS) else value for value in values]
        try:
            return hash(marshal.dumps(values, 2))
        except ValueError:
            return hash(repr(values))

    def _stores_by_member(self) -> Mapping[str, str]:
        """Find them by one empty record in each."""
        names = {id(getattr(self._module, name)): name for name in self._names}
        for table, keys in self._tables.items():
            names.update({id(getattr(self._module, table)[key]): f"{table}/{key}" for key in keys})

        def probe(store: Store) -> Store:
            where = ("", "") if isinstance(store, AccountRegionScopedDict) else ("",)
            return part_of(store, {(*where, (_PROBE, names[id(store)])): {}})

        found = {
            member: [key[-1] for key in value._data]
            for member, value in self.of(probe).items()
            if isinstance(value, KINDS)
        }
        unclear = [member for member, keys in found.items() if len(keys) != 1 or keys[0][0] != _PROBE]
        if unclear:
            raise LookupError(f"{self._module.__name__}: nothing tells from which stores {', '.join(unclear)} are made")
        return {member: keys[0][1] for member, keys in found.items()}


def part_of(store: Store, records: Mapping[Any, Any]) -> Store:
    """Return a store of the same kind that holds ``records``, by their keys with account and region."""
    part = AccountRegionScopedDict() if isinstance(store, AccountRegionScopedDict) else AccountScopedDict()
    part._data.update(records)
    return part


def store_of(module: ModuleType, name: str) -> Store:
    """Return the store, or the plain dictionary, of that name."""
    table, _, key = name.partition("/")
    store = vars(module)[table]
    return store[key] if key else store


def records_of(module: ModuleType, name: str) -> Mapping[Any, Any]:
    """Return the records of a store, by their keys with account and region; of a plain dictionary, itself."""
    store = store_of(module, name)
    records: Mapping[Any, Any] = store._data if isinstance(store, KINDS) else store
    return records


def _deepcopy(value: Any) -> Any:  # noqa: ANN401 - any object
    """Copy what a service keeps beside its stores; of a part, nobody else knows."""
    return value if isinstance(value, KINDS) or _is_table(value) else copy.deepcopy(value)


_SPARING = SimpleNamespace(copy=copy.copy, deepcopy=_deepcopy)
"""Stands for the module ``copy`` in ``get_state``."""


def _names_read(module: ModuleType, function: Any, seen: set[str]) -> Iterator[str]:  # noqa: ANN401 - any function
    """Name what of the module a function reads, and those that it calls there."""
    for name in set(function.__code__.co_names).difference(seen):
        seen.add(name)
        value = vars(module).get(name)
        if isinstance(value, FunctionType) and value.__module__ == module.__name__:
            yield from _names_read(module, value, seen)
        elif value is not None or name in vars(module):
            yield name


def _is_plain(value: object) -> bool:
    """Return whether a value is data, be it None for now."""
    return value is None or isinstance(value, (int, float, str, bytes, list, dict, set, tuple, *KINDS))


def _is_of_another(module: ModuleType, value: object) -> bool:
    """Return whether a value is another module of MiniStack's, or a function of one."""
    name = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
    is_state = isinstance(value, (ModuleType, FunctionType))
    return is_state and str(name).startswith(_PACKAGE) and name != module.__name__


def _is_table(value: object) -> bool:
    return isinstance(value, dict) and bool(value) and all(isinstance(each, KINDS) for each in value.values())
