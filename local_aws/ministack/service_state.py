"""The records of one service of MiniStack, and which of them differ from what was written last."""

import ast
import json
from collections.abc import Callable, Iterable, Mapping
from types import ModuleType
from typing import Any

from ministack.core import persistence
from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict

from local_aws.ministack.cloudformation.partial_state import KINDS, PartialState, part_of, records_of, store_of
from local_aws.ministack.store_state import StoreState, watch

WHOLE = ""
"""The key of the one row of a member that is no store: a number, a list."""

Written = dict[tuple[str, str], str | None]
"""JSON by member of the service's state and key; None for what is gone."""


class ServiceState:
    """One service. Call ``changed`` where nothing else runs on the event loop.

    ``plain`` names the stores and dictionaries to be kept as they are, by member, of a module whose ``get_state``
    leaves them out or can't be run on a part of them. With ``by_touch``, only records that somebody was given since are
    looked at: see ``touched_records``.
    """

    def __init__(self, module: ModuleType, plain: Mapping[str, str] | None = None, *, by_touch: bool = False) -> None:
        self._module = module
        self._partial = PartialState(module) if plain is None else None
        self._stores = self._partial.stores if self._partial else plain or {}
        self._by_touch = by_touch
        self._kept: dict[str, StoreState] = {member: StoreState() for member in self._stores}
        self._wholes: dict[str, str] = {}
        self._beside = 0

    def read(self, member: str, key: str) -> None:
        """Hear that there is a row of that key on disk."""
        if key != WHOLE:
            self._kept.setdefault(member, StoreState()).read(_read_key(key))

    def changed(self, *, thoroughly: bool = True) -> tuple[Written, Callable[[], None]]:
        """Return what differs from what was written last, and what to call once it is on disk.

        ``thoroughly`` looks at all records, whoever was given them.
        """
        differences = {
            member: kept.changed(records, thoroughly=thoroughly)
            for member, kept in self._kept.items()
            if (records := self._records(member)) or not kept.is_empty()
        }
        fresh = {member: each.fresh for member, each in differences.items() if each.fresh}
        beside = self._partial.digest_beside() if self._partial else 0
        written = self._written(fresh) if fresh or beside != self._beside else {}
        written.update({(member, _write_key(key)): None for member, each in differences.items() for key in each.gone})

        def confirm() -> None:
            for each in differences.values():
                each.confirm()
            self._wholes.update({member: text for (member, key), text in written.items() if key == WHOLE and text})
            self._beside = beside

        return written, confirm

    def _records(self, member: str) -> Mapping[Any, Any]:
        if member not in self._stores:
            return {}
        if self._by_touch:
            watch(store_of(self._module, self._stores[member]))
        return records_of(self._module, self._stores[member])

    def _written(self, fresh: Mapping[str, Mapping[Any, Any]]) -> Written:
        if self._partial is None:
            return {
                (member, _write_key(key)): _json(record)
                for member, records in fresh.items()
                for key, record in records.items()
            }
        by_store = {id(records_of(self._module, self._stores[member])): records for member, records in fresh.items()}
        written: Written = {}
        state = self._partial.of(lambda store: part_of(store, by_store.get(id(store._data), {})))
        for member, value in state.items():
            if isinstance(value, KINDS):
                written.update({(member, _write_key(key)): _json(record) for key, record in value._data.items()})
            elif (text := _json(value)) != self._wholes.get(member):
                written[member, WHOLE] = text
        return written


def restored(rows: Iterable[tuple[str, str, str]]) -> dict[str, Any]:
    """Return a service's state, as ``load_persisted_state`` takes it, of its rows (member, key, JSON)."""
    state: dict[str, Any] = {}
    for member, key, text in rows:
        value = json.loads(text, object_hook=persistence._json_object_hook)
        where = _read_key(key) if key != WHOLE else None
        if where is None:
            state[member] = value
        elif not isinstance(where, tuple):
            state.setdefault(member, {})[where] = value
        else:
            kind = AccountScopedDict if len(where) == len(("account", "key")) else AccountRegionScopedDict
            state.setdefault(member, kind())._data[where] = value
    return state


_json = json.JSONEncoder(default=persistence._json_default).encode


def _write_key(key: Any) -> str:  # noqa: ANN401 - account, region and a key of any type; or that key alone
    where = key if isinstance(key, tuple) else (key,)
    return json.dumps([*where[:-1], repr(where[-1])])


def _read_key(text: str) -> Any:  # noqa: ANN401 - the same
    *where, key = json.loads(text)
    return (*where, ast.literal_eval(key)) if where else ast.literal_eval(key)
