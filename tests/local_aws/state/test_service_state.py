"""Of each service, what is kept record by record is what the service's own ``get_state`` keeps of the whole."""

import importlib
import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from ministack import app
from ministack.core import persistence
from ministack.core.responses import AccountScopedDict

from local_aws.ministack.cloudformation.partial_state import PartialState
from local_aws.ministack.service_state import ServiceState, restored

ANYWHERE = ("111122223333", "eu-west-1")
RECORD: dict[str, Any] = {"Name": "one", "Nested": {"List": [1, 2.5, None, True]}, "Bytes": b"\xff"}
SERVICES = sorted(app._state_map.keys() - {"cloudformation", "sts"})  # noqa: SLF001 - what MiniStack keeps


def as_json(state: Any) -> Any:
    text = json.dumps(state, default=persistence._json_default)  # noqa: SLF001 - MiniStack's own form
    return json.loads(text)


def stores(module: ModuleType) -> list[Any]:
    """Return the stores behind the members of a module's state."""
    named = [name.partition("/") for name in PartialState(module).stores.values()]
    return [vars(module)[name][key] if key else vars(module)[name] for name, _, key in named]


@pytest.fixture
def module(request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    """Return a service's module with a record in each of its stores."""
    found = importlib.import_module(f"ministack.services.{app._state_map[request.param]}")  # noqa: SLF001 - the same
    before = [dict(store._data) for store in stores(found)]  # noqa: SLF001 - the same
    for store in stores(found):
        where = ANYWHERE[:1] if isinstance(store, AccountScopedDict) else ANYWHERE
        store._data[(*where, "one")] = dict(RECORD)  # noqa: SLF001 - the same
    yield found
    for store, content in zip(stores(found), before, strict=True):
        store._data.clear()  # noqa: SLF001 - the same
        store._data.update(content)  # noqa: SLF001 - the same


@pytest.mark.parametrize("module", SERVICES, indirect=True)
def test_the_records_are_those_of_the_whole(module: ModuleType) -> None:
    state = ServiceState(module)
    written, confirm = state.changed()
    kept = restored([(member, key, text) for (member, key), text in written.items() if text is not None])
    whole = as_json(module.get_state())
    assert as_json(kept) == {member: whole[member] for member in kept}
    assert not [member for member in whole.keys() - kept.keys() if whole[member]]
    confirm()
    assert state.changed()[0] == {}, "nothing changed since"
