"""What MiniStack holds in memory, as rows of the database: what of it changed, and how it comes back at a start."""

import logging
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import ModuleType

from ministack import app
from ministack.services import sts

from local_aws.ministack import store_state
from local_aws.ministack.cloudformation.created_resources import fence
from local_aws.ministack.service_state import ServiceState, restored
from local_aws.state.database import Database, Row
from reporting.errors import CannotRunError

AREA = "ministack/"
"""What the area of a service's rows begins with; the service's name follows."""

_PLAIN = {
    "cloudformation": {
        "stacks": "_stacks",
        "stack_events": "_stack_events",
        "exports": "_exports",
        "change_sets": "_change_sets",
    },
    "sts": {"sessions": "_sessions"},
}
"""By service, what is kept as it is: see ``ServiceState``."""

_LOGGER = logging.getLogger("local_aws")


@dataclass
class Changes:
    """What differs from what is on disk; ``failed`` names the services that could not be read, for now."""

    rows: list[Row] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    _confirm: list[Callable[[], None]] = field(default_factory=list)

    def add(self, service: str, state: ServiceState, *, thoroughly: bool) -> None:
        """Add those of one service."""
        written, confirm = state.changed(thoroughly=thoroughly)
        self.rows += [Row(AREA + service, member, key, text) for (member, key), text in written.items()]
        self._confirm.append(confirm)

    def confirm(self) -> None:
        """Hear that they are on disk."""
        for confirm in self._confirm:
            confirm()


class States:
    """All services that are loaded."""

    def __init__(self) -> None:
        self._services: dict[str, ServiceState] = {}

    def changes(self, *, thoroughly: bool) -> Changes:
        """Return what changed; one service that fails keeps no other from being written."""
        changes = Changes()
        with fence():
            for service, module in _loaded():
                try:
                    changes.add(service, self._service(service, module), thoroughly=thoroughly)
                except Exception:
                    _LOGGER.exception("The state of %s could not be read; it will be tried again", service)
                    changes.failed.append(service)
        return changes

    def restore(self, database: Database) -> None:
        """Have each service hold what the database does; whatever fails ends the start."""
        for service, name in app._state_map.items():
            rows = database.rows(AREA + service)
            try:
                if rows:
                    self._restore(service, app._get_module(name), rows)
            except Exception as error:
                raise CannotRunError(
                    f"{database.path} holds a state of {service} that can't be read ({error!r}): put back a backup of "
                    "yours, or forget everything with bin/local-aws reset."
                ) from error

    def _restore(self, service: str, module: ModuleType, rows: list[tuple[str, str, str]]) -> None:
        state = self._service(service, module)
        for member, key, _text in rows:
            state.read(member, key)
        if module is sts:
            sts._sessions.update(restored(rows)["sessions"])
        else:
            module.load_persisted_state(restored(rows))

    def _service(self, service: str, module: ModuleType) -> ServiceState:
        if service not in self._services:
            by_touch = service in store_state.SERVICES
            self._services[service] = ServiceState(module, _PLAIN.get(service), by_touch=by_touch)
        return self._services[service]


def take_over_state(states: States, database: Database) -> None:
    """Have MiniStack read its state from the database, and write none itself; call it before it starts."""
    app._load_persisted_state = lambda: states.restore(database)
    app.save_all = lambda _services: None


def concerns(service: str, state: str) -> bool:
    """Return whether a request to a service may have changed a service's state; one to CloudFormation, any."""
    module = app.SERVICE_REGISTRY.get(service, {}).get("module", service)
    return service == "cloudformation" or app._state_map.get(state) == module


def stacks_in_brief() -> tuple[object, ...]:
    """Return what a client can see of any stack's progress; a change of it is something that a client can rely on."""
    module = sys.modules.get("ministack.services.cloudformation")
    if module is None:
        return ()
    statuses = [(stack["StackId"], stack["StackStatus"]) for stack in list(module._stacks._data.values())]
    return (*statuses, sum(map(len, list(module._stack_events._data.values()))))


def _loaded() -> Iterable[tuple[str, ModuleType]]:
    """Return the services that are loaded, also those that only another service uses, each with its module."""
    for service, name in app._state_map.items():
        module = app._loaded_modules.get(name) or sys.modules.get(f"ministack.services.{name}")
        if isinstance(module, ModuleType) and hasattr(module, "get_state"):
            yield service, module
