"""Asks a container engine, in the API's own words: https://docs.docker.com/reference/api/engine/."""

import json
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

LABEL = "local-aws.build"
"""Label of everything that a build makes in the engine; its value is the build's id."""
SECONDS = 60.0
PORT = 2375
NOT_FOUND, FIRST_ERROR = 404, 400


class EngineError(Exception):
    """The engine can't be asked, or refuses; its words."""


@dataclass(frozen=True)
class Engine:
    """The engine at ``address``, as DOCKER_HOST has it: ``unix://PATH``, or ``tcp://HOST:PORT``."""

    address: str

    def connect(self, seconds: float | None = None) -> socket.socket:
        """Open a connection; raises ``OSError``."""
        place = urlsplit(self.address)
        if place.hostname:
            return socket.create_connection((place.hostname, place.port or PORT), seconds)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(seconds)
        try:
            connection.connect(place.path)
        except OSError:
            connection.close()
            raise
        return connection

    def ask(self, method: str, path: str, body: object = None, **query: str) -> Any:  # noqa: ANN401 - any JSON value
        """Return the answer; None where what is asked for is not there."""
        from http.client import HTTPConnection, HTTPException  # noqa: PLC0415 - a start only connects

        target = f"{path}?{urlencode(query)}" if query else path
        headers = {"Content-Type": "application/json"} if body is not None else {}
        connection = HTTPConnection("localhost")
        try:
            connection.sock = self.connect(SECONDS)
            connection.request(method, target, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, HTTPException) as error:
            raise EngineError(f"the container engine can't be asked: {error}") from error
        finally:
            connection.close()
        if answer.status == NOT_FOUND:
            return None
        if answer.status >= FIRST_ERROR:
            raise EngineError(text.decode("utf-8", "replace"))
        return json.loads(text) if text else {}

    def remove_all_of(self, build_id: str) -> None:
        """Remove containers, networks and volumes that carry a build's label, as far as that can be done."""
        filters = json.dumps({"label": [f"{LABEL}={build_id}"]})
        for container in self.ask("GET", "/containers/json", all="1", filters=filters) or []:
            self._remove(f"/containers/{container['Id']}", force="1", v="1")
        for network in self.ask("GET", "/networks", filters=filters) or []:
            self._remove(f"/networks/{network['Id']}")
        for volume in (self.ask("GET", "/volumes", filters=filters) or {}).get("Volumes") or []:
            self._remove(f"/volumes/{volume['Name']}", force="1")

    def _remove(self, path: str, **query: str) -> None:
        try:
            self.ask("DELETE", path, **query)
        except EngineError:
            # Somebody else removes it at this moment, or uses it.
            return
