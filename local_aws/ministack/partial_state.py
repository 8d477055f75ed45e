"""Runs a service's own ``get_state`` on some of its records.

``get_state`` says which records a service keeps, and in what form; but it copies all of them. Here its code runs with
its module's names, of which the stores are replaced by small ones.
"""

from collections.abc import Callable, Iterator, Mapping
from types import FunctionType, ModuleType
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict

Store = Any
"""One of ``KINDS``; MiniStack is untyped here."""

KINDS = (AccountScopedDict, AccountRegionScopedDict)
_PROBE = "probe"


def part_of(store: Store, records: Mapping[Any, Any]) -> Store:
    """Give a store of the same kind that holds ``records``, by their keys with account and region."""
    part = AccountRegionScopedDict() if isinstance(store, AccountRegionScopedDict) else AccountScopedDict()
    part._data.update(records)
    return part


def state_of(module: ModuleType, part: Callable[[Store], Store]) -> Mapping[str, Any]:
    """Give what ``get_state`` of ``module`` makes of the parts that stand for its stores."""
    parts: dict[int, Store] = {}

    def stand_in(value: Any) -> Any:  # noqa: ANN401 - any global of the module
        if isinstance(value, KINDS):
            if id(value) not in parts:
                parts[id(value)] = part(value)
            return parts[id(value)]
        return {key: stand_in(each) for key, each in value.items()} if _is_table(value) else value

    names = {name: stand_in(value) for name, value in vars(module).items()}
    state: Mapping[str, Any] = FunctionType(module.get_state.__code__, names)() or {}
    return state


def stores_by_member(module: ModuleType) -> Mapping[str, str]:
    """Give the name of the store behind each member of a module's state; of members without a store, nothing."""
    names = {id(store): name for name, store in _stores(module)}

    def probe(store: Store) -> Store:
        where = ("", "") if isinstance(store, AccountRegionScopedDict) else ("",)
        return part_of(store, {(*where, (_PROBE, names[id(store)])): {}})

    found = {
        member: [key[-1] for key in value._data]
        for member, value in state_of(module, probe).items()
        if isinstance(value, KINDS)
    }
    unclear = [member for member, keys in found.items() if len(keys) != 1 or keys[0][0] != _PROBE]
    if unclear:
        raise LookupError(f"{module.__name__}: nothing tells from which stores {', '.join(unclear)} are made")
    return {member: keys[0][1] for member, keys in found.items()}


def store_named(module: ModuleType, name: str) -> Mapping[Any, Any]:
    """Give the records of a store, by their keys with account and region; of a plain dictionary, itself."""
    table, _, key = name.partition("/")
    store = vars(module)[table]
    store = store[key] if key else store
    records: Mapping[Any, Any] = store._data if isinstance(store, KINDS) else store
    return records


def _stores(module: ModuleType) -> Iterator[tuple[str, Store]]:
    """Give all stores of a module by name; those in a table of stores as ``table/key``, and first."""
    for name, value in vars(module).items():
        if _is_table(value):
            yield from ((f"{name}/{key}", store) for key, store in value.items())
    yield from ((name, value) for name, value in vars(module).items() if isinstance(value, KINDS))


def _is_table(value: object) -> bool:
    return isinstance(value, dict) and bool(value) and all(isinstance(each, KINDS) for each in value.values())
