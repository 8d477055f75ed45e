"""What the Docker engine says of containers: asked once of each, heard from it afterwards, asked anew after a break.

https://docs.docker.com/reference/api/engine/version/v1.41/#tag/System/operation/SystemEvents
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Protocol

_SECONDS_BETWEEN_TRIES = 1.0
_SECONDS_FOR_A_FIRST_WORD = 15.0
_HEALTH = "health_status"

_LOGGER = logging.getLogger("local_aws")


class EngineAwayError(Exception):
    """No engine answers; the text says where it was looked for, and what came of it."""


@dataclass(frozen=True)
class ContainerState:
    """A container: whether it runs, its exit code if that is known, and its health as Docker's word or empty."""

    running: bool
    exit_code: int | None = None
    health: str = ""


class Listener(Protocol):
    """Hears of the engine, on its thread: it must return soon."""

    def changed(self, identifier: str) -> None:
        """Hear that a container ended, was removed, or became healthy or unhealthy."""

    def came(self, client: Any) -> None:  # noqa: ANN401 - docker-py has no types
        """Hear that the engine answers, with the client for it."""

    def went(self) -> None:
        """Hear that it does not."""


class Engine:
    """The engine at ``address``: ``connect`` gives docker-py's client or raises; ``label`` marks our containers."""

    def __init__(self, address: str, connect: Callable[[], Any], label: str, listener: Listener) -> None:
        self._connect, self._label, self._listener = connect, label, listener
        self._sentence = f"No Docker engine answers at {address}: start Docker"
        self._client: Any = None
        self._away = ""
        self._states: dict[str, ContainerState | None] = {}
        self._lock = threading.Lock()
        self._known = threading.Event()
        self._thread: threading.Thread | None = None

    def away(self) -> str:
        """Return the sentence for an engine that does not answer; empty where it does. The first call connects."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True, name="docker-events")
                self._thread.start()
        self._known.wait(_SECONDS_FOR_A_FIRST_WORD)
        return self._away

    def look(self, identifier: str) -> ContainerState:
        """Return what is known of a container, by its id; one that is not there does not run."""
        away = self.away()
        if away:
            raise EngineAwayError(away)
        with self._lock:
            known = self._states.setdefault(identifier, None)
        if known is not None:
            return known
        try:
            found = self._inspected(identifier)
        except Exception:  # noqa: BLE001 - a word that can't be had says nothing of a container
            return ContainerState(running=True)
        with self._lock:
            # What was heard meanwhile is newer than what was asked for.
            state = self._states.get(identifier) or found
            self._states[identifier] = state
        return state

    def forget(self, identifier: str) -> None:
        """Hear no more of a container."""
        with self._lock:
            self._states.pop(identifier, None)

    def _run(self) -> None:
        while True:
            try:
                self._listen()
            except Exception as error:  # noqa: BLE001 - whatever docker-py raises, or the sockets below it
                self._lost(error)
            time.sleep(_SECONDS_BETWEEN_TRIES)

    def _listen(self) -> None:
        client = self._connect()
        client.ping()
        events = client.events(decode=True, filters={"type": "container", "label": self._label})
        try:
            self._client = client
            self._take_stock()
            self._away = ""
            self._known.set()
            self._listener.came(client)
            for event in events:
                self._hear(event)
        finally:
            events.close()
        raise ConnectionError("it ended the connection")

    def _lost(self, error: Exception) -> None:
        known = self._known.is_set() and bool(self._away)
        self._away = self._sentence
        self._known.set()
        if not known:
            _LOGGER.warning("%s (%s)", self._away, error)
            self._listener.went()

    def _take_stock(self) -> None:
        """Ask of all that was known before: what happened meanwhile was not heard."""
        with self._lock:
            running = [identifier for identifier, state in self._states.items() if state is not None and state.running]
        for identifier in running:
            self._note(identifier, self._inspected(identifier))

    def _hear(self, event: Mapping[str, Any]) -> None:
        action, _, detail = str(event.get("Action", "")).partition(": ")
        identifier, attributes = event["Actor"]["ID"], event["Actor"].get("Attributes") or {}
        with self._lock:
            if identifier not in self._states:
                return
            before = self._states[identifier] or ContainerState(running=True)
        if action == "die":
            code = str(attributes.get("exitCode", ""))
            self._note(identifier, ContainerState(running=False, exit_code=int(code) if code.isdigit() else None))
        elif action == "destroy":
            self._note(identifier, replace(before, running=False))
        elif action == _HEALTH:
            self._note(identifier, replace(before, health=detail))

    def _note(self, identifier: str, state: ContainerState) -> None:
        with self._lock:
            before = self._states.get(identifier)
            self._states[identifier] = state
        if state != before:
            self._listener.changed(identifier)

    def _inspected(self, identifier: str) -> ContainerState:
        try:
            state = self._client.api.inspect_container(identifier)["State"]
        except Exception as error:
            # docker-py is loaded by whoever connects, not at our start: its errors have no name here.
            if getattr(error, "status_code", None) == HTTPStatus.NOT_FOUND:
                return ContainerState(running=False)
            raise
        if not state.get("Running"):
            return ContainerState(running=False, exit_code=state.get("ExitCode"))
        return ContainerState(running=True, health=str((state.get("Health") or {}).get("Status", "")))
