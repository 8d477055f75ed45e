"""What MiniStack keeps in memory, and its own form of it on disk."""

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

from ministack import app
from ministack.core import persistence

StateOf = Callable[[], Mapping[str, Any] | None]


def states() -> Mapping[str, StateOf]:
    """Give, for each service that holds something, the function that copies its state."""
    found: Mapping[str, StateOf] = app._build_persistence_save_dict()
    return found


def state_name(service: str) -> str:
    """Give the name under which a service's state is kept; the service's own name where it keeps none."""
    entry = app.SERVICE_REGISTRY.get(service, {})
    return str(entry.get("state_key", entry.get("module", service)))


def encoded(name: str, state: Mapping[str, Any]) -> str:
    """Write a service's state in the form that MiniStack reads back at its next start."""
    version = persistence._state_format_version(name)
    document = {"__ministack_format__": version, "payload": state}
    return json.dumps(document, default=persistence._json_default)


def leave_saving_to_us() -> None:
    """Keep MiniStack from writing its state at shutdown: ours is written at once, and atomically."""
    app.save_all = lambda _services: None


def stacks_in_brief() -> tuple[tuple[str, str, str], ...]:
    """Give (id, status, last update) of every stack; a change of it is something that a client can rely on."""
    module = sys.modules.get("ministack.services.cloudformation")
    stacks = getattr(module, "_stacks", None)
    return (
        ()
        if stacks is None
        else tuple(
            (stack["StackId"], stack["StackStatus"], stack["LastUpdatedTime"]) for stack in list(stacks._data.values())
        )
    )
