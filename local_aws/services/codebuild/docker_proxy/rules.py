"""Which requests of a build the engine gets to see: those that are listed, about what the build itself made.

Containers, networks and volumes of a build carry its label; of all others, the build learns as little as on AWS, where
the engine is its own. Images are the engine's: builds share them, as they share layers.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local_aws.services.codebuild.docker_proxy import allowed
from local_aws.services.codebuild.docker_proxy.allowed import Owned, RefusedError
from local_aws.services.codebuild.docker_proxy.client import LABEL, Engine
from local_aws.services.codebuild.docker_proxy.images import OwnImages
from local_aws.services.codebuild.docker_proxy.messages import Request

MISSING = 404
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


@dataclass(frozen=True)
class Answer:
    """What the build gets in the engine's place: ``body``, or an error with ``message``."""

    status: int
    message: str = ""
    body: Any = None


@dataclass
class Rules:
    """The rules for the build ``build_id``, whose containers may mount ``folders``."""

    build_id: str
    engine: Engine
    folders: tuple[Path, ...]
    used: bool = False
    _images: OwnImages = field(init=False)

    def __post_init__(self) -> None:
        self._images = OwnImages(self.engine, datetime.now(UTC))
        self._owned = Owned(self.folders, self._is_own_container, self._is_own_network, self._make_own_volume)

    def forward(self, request: Request, *_: str) -> Request:
        """Let it pass as it is."""
        return request

    def switch(self, request: Request, *_: str) -> Request:
        """Let it pass, and all that follows on its connection."""
        request.switch()
        return request

    def listed(self, request: Request) -> Request:
        """Show what is the build's own."""
        filters = json.loads(request.parameter("filters") or "{}")
        plain = {
            name: [key for key, wanted in value.items() if wanted] if isinstance(value, dict) else value
            for name, value in filters.items()
        }
        plain["label"] = [*plain.get("label", []), f"{LABEL}={self.build_id}"]
        others = [(name, value) for name, value in request.query if name != "filters"]
        request.query = [*others, ("filters", json.dumps(plain))]
        return request

    def prune_nothing(self, _: Request) -> Answer:
        """Leave images and caches alone, which are everybody's."""
        return Answer(200, body={"SpaceReclaimed": 0})

    def create_container(self, request: Request) -> Request:
        """Make a container of the build's."""
        asked = request.json()
        allowed.check_container(asked, self._owned)
        return self._labelled(request, asked)

    def of_container(self, request: Request, container: str) -> Request | Answer:
        """Act on a container of the build's, by its id: names change."""
        found = self._own_container(container)
        if found is None:
            return Answer(MISSING, f"No such container: {container}")
        request.path = f"/containers/{found}{request.path.removeprefix(f'/containers/{container}')}"
        return request

    def attach(self, request: Request, container: str) -> Request | Answer:
        """Speak with what runs in a container of the build's."""
        return self.of_container(self.switch(request), container)

    def create_execution(self, request: Request, container: str) -> Request | Answer:
        """Run something in a container of the build's."""
        asked = request.json()
        allowed.only(asked, allowed.EXECUTION, "The setting")
        request.send(asked)
        return self.of_container(request, container)

    def of_execution(self, request: Request, execution: str) -> Request | Answer:
        """Act on what runs in a container of the build's."""
        found = self.engine.ask("GET", f"/exec/{execution}/json") or {}
        if self._own_container(found.get("ContainerID", "none")) is None:
            return Answer(MISSING, f"No such exec instance: {execution}")
        return self.switch(request) if request.method == "POST" else request

    def commit(self, request: Request) -> Request | Answer:
        """Make an image of a container of the build's."""
        container = request.parameter("container")
        found = self._own_container(container)
        if found is None:
            return Answer(MISSING, f"No such container: {container}")
        request.query = [pair for pair in request.query if pair[0] != "container"] + [("container", found)]
        self._images.named(request.parameter("repo"), request.parameter("tag"))
        return request

    def create_network(self, request: Request) -> Request:
        """Make a bridge of the build's own."""
        asked = request.json()
        names = ("Name", "CheckDuplicate", "Internal", "Attachable", "EnableIPv6", "EnableIPv4", "IPAM", "Labels")
        allowed.only(asked, (*names, "Driver"), "The network setting")
        if asked.get("Driver") not in (None, "", "bridge"):
            raise RefusedError(f"A network with the driver {asked['Driver']} is not for builds on this machine")
        return self._labelled(request, asked)

    def of_network(self, request: Request, network: str) -> Request | Answer:
        """Act on a network of the build's."""
        if not self._is_own_network(network):
            return Answer(MISSING, f"network {network} not found")
        return request

    def connect(self, request: Request, network: str) -> Request | Answer:
        """Put a container of the build's into a network of the build's, or out of it."""
        asked = request.json()
        allowed.only(asked, ("Container", "EndpointConfig", "Force"), "The setting")
        allowed.only(asked.get("EndpointConfig") or {}, allowed.ENDPOINT, "The network setting")
        if not self._is_own_container(str(asked.get("Container"))):
            return Answer(MISSING, f"No such container: {asked.get('Container')}")
        request.send(asked)
        return self.of_network(request, network)

    def create_volume(self, request: Request) -> Request:
        """Make a volume of the build's, which is nothing but a folder of the engine's."""
        asked = request.json()
        allowed.only(asked, ("Name", "Labels", "Driver"), "The volume's setting")
        if asked.get("Driver") not in (None, "", "local"):
            raise RefusedError(f"A volume with the driver {asked['Driver']} is not for builds on this machine")
        if asked.get("Name") and self._volume(str(asked["Name"])) not in (None, self.build_id):
            raise RefusedError(f"The volume {asked['Name']} is not this build's")
        return self._labelled(request, asked)

    def of_volume(self, request: Request, volume: str) -> Request | Answer:
        """Act on a volume of the build's."""
        if self._volume(volume) != self.build_id:
            return Answer(MISSING, f"get {volume}: no such volume")
        return request

    def build(self, request: Request) -> Request:
        """Build an image; the engine keeps no container of a step that fails, as no label tells whose it is."""
        allowed.check_network(request.parameter("networkmode"), self._owned)
        if request.parameter("cgroupparent"):
            raise RefusedError("The setting cgroupparent is not for builds on this machine")
        for name, value in request.query:
            if name == "t":
                self._images.named(value)
        request.query = [*(pair for pair in request.query if pair[0] != "forcerm"), ("forcerm", "1")]
        return request

    def pull(self, request: Request) -> Request:
        """Pull an image; one that is new is the build's."""
        self._images.pulled(request.parameter("fromImage") or request.parameter("repo"), request.parameter("tag"))
        return request

    def tag(self, request: Request, _image: str) -> Request:
        """Name an image."""
        self._images.named(request.parameter("repo"), request.parameter("tag"))
        return request

    def remove_image(self, request: Request, image: str) -> Request:
        """Remove an image that the build made or pulled."""
        if not self._images.is_own(image):
            raise RefusedError(f"The image {image} was there before this build, or is another's; it stays")
        return request

    def _labelled(self, request: Request, asked: dict[str, Any]) -> Request:
        self.used = True
        request.send({**asked, "Labels": {**(asked.get("Labels") or {}), LABEL: self.build_id}})
        return request

    def _own_container(self, container: str) -> str | None:
        found = self.engine.ask("GET", f"/containers/{_name(container)}/json") or {}
        own = (found.get("Config", {}).get("Labels") or {}).get(LABEL) == self.build_id
        return str(found["Id"]) if own else None

    def _is_own_container(self, container: str) -> bool:
        return self._own_container(container) is not None

    def _is_own_network(self, network: str) -> bool:
        found = self.engine.ask("GET", f"/networks/{_name(network)}") or {}
        return (found.get("Labels") or {}).get(LABEL) == self.build_id

    def _volume(self, volume: str) -> str | None:
        """Return whose build's a volume is: empty where it is none's, None where there is no such volume."""
        found = self.engine.ask("GET", f"/volumes/{_name(volume)}")
        return None if found is None else (found.get("Labels") or {}).get(LABEL, "")

    def _make_own_volume(self, volume: str) -> bool:
        owner = self._volume(volume)
        if owner is None:
            self.used = True
            self.engine.ask("POST", "/volumes/create", {"Name": volume, "Labels": {LABEL: self.build_id}})
        return owner in (None, self.build_id)


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise RefusedError(f"{text!r} is not a name")
    return text
