"""A write looks at the records that somebody was given, and at no others; once a second, all are looked at."""

import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest
from ministack.services import ssm

from local_aws.ministack.adapter import acting_in
from local_aws.ministack.service_state import ServiceState

Store = Any
WAYS: dict[str, Callable[[Store], Any]] = {
    "by its key": lambda store: store["/1"],
    "by get": lambda store: store.get("/1"),
    "by get_scoped": lambda store: store.get_scoped("000000000000", "ca-central-1", "/1"),
    "by setdefault": lambda store: store.setdefault("/1", {}),
    "among values": lambda store: next(one for one in store.values() if one["Name"] == "/1"),
    "among items": lambda store: dict(store.items())["/1"],
    "among all values": lambda store: next(one for one in store.all_values() if one["Name"] == "/1"),
    "in a copy": lambda store: next(one for one in store.to_dict().values() if one["Name"] == "/1"),
}


@pytest.fixture
def store() -> Iterator[Store]:
    """Return the parameters of SSM, of which there are a few."""
    parameters = ssm._parameters  # noqa: SLF001 - where they are kept
    before = parameters._data  # noqa: SLF001 - the same
    parameters._data = {}  # noqa: SLF001 - the same
    with acting_in("000000000000", "ca-central-1"):
        for number in range(50):
            parameters[f"/{number}"] = {"Name": f"/{number}", "Value": "first"}
        yield parameters
    parameters._data = before  # noqa: SLF001 - the same


@pytest.fixture
def state(store: Store) -> ServiceState:
    """Return the state of SSM, of which all is written."""
    assert store
    made = ServiceState(ssm, by_touch=True)
    assert len(_written(made)) == 50
    return made


def _written(state: ServiceState, *, thoroughly: bool = False, fails: bool = False) -> dict[str, str | None]:
    """Write; give what was written by the record's name."""
    written, confirm = state.changed(thoroughly=thoroughly)
    if not fails:
        confirm()
    return {key.rpartition("'/")[2].partition("'")[0]: text for (_member, key), text in written.items()}


@pytest.mark.parametrize("way", WAYS)
def test_a_change_of_a_record_that_was_given_is_found(store: Store, state: ServiceState, way: str) -> None:
    assert _written(state) == {}
    WAYS[way](store)["Value"] = "second"
    written = _written(state)
    assert list(written) == ["1"]
    assert '"second"' in str(written["1"])
    assert _written(state) == {}


def test_what_is_put_and_removed_is_found(store: Store, state: ServiceState) -> None:
    record = store.pop("/1")
    del store["/2"]
    store["/new"] = record
    store.update({"/3": {"Name": "/3", "Value": "second"}})
    written = _written(state)
    assert {name for name, text in written.items() if text is None} == {"1", "2"}
    assert {name for name, text in written.items() if text is not None} == {"new", "3"}
    store.clear()
    assert len(_written(state)) == 49
    assert _written(state, thoroughly=True) == {}


def test_what_could_not_be_written_is_written_next(store: Store, state: ServiceState) -> None:
    store["/1"]["Value"] = "second"
    del store["/2"]
    for _ in range(2):
        assert set(_written(state, fails=True)) == {"1", "2"}
    store["/3"]["Value"] = "second"
    assert set(_written(state)) == {"1", "2", "3"}
    assert _written(state, thoroughly=True) == {}


def test_a_record_that_somebody_held_is_found_by_the_next_look_at_all_and_by_each_write_from_then_on(
    store: Store, state: ServiceState
) -> None:
    held = store["/1"]
    assert _written(state) == {}
    held["Value"] = "second"
    assert list(_written(state, thoroughly=True)) == ["1"]
    held["Value"] = "third"
    assert list(_written(state)) == ["1"]


def test_a_write_costs_what_it_changed(store: Store, state: ServiceState) -> None:
    def cost() -> int:
        calls = 0

        def count(_frame: FrameType, event: str, function: Any) -> None:
            nonlocal calls
            calls += event == "c_call" and function.__name__ == "dumps"

        store["/1"]["Value"] += "."
        sys.setprofile(count)
        try:
            assert list(_written(state)) == ["1"]
        finally:
            sys.setprofile(None)
        return calls

    few = cost()
    for number in range(2000):
        store[f"/more/{number}"] = {"Name": f"/more/{number}", "Value": "first"}
    assert len(_written(state)) == 2000
    assert cost() == few < 10
