"""Which images of the engine a build may remove: those that it named, pulled anew, or made."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from local_aws.services.codebuild.docker_proxy.client import Engine

IMAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@-]*")


@dataclass
class OwnImages:
    """The images of a build that began at ``began``."""

    engine: Engine
    began: datetime
    _names: set[str] = field(default_factory=set)

    def named(self, repository: str, tag: str = "") -> None:
        """Remember that the build gave an image this name."""
        if repository:
            self._names.add(_full(f"{repository}:{tag}" if tag else repository))

    def pulled(self, repository: str, tag: str) -> None:
        """Remember an image that is about to be pulled, unless the engine has it."""
        if repository and not tag.startswith("sha256:"):
            name = _full(f"{repository}:{tag}" if tag else repository)
            if IMAGE.fullmatch(name) and self.engine.ask("GET", f"/images/{name}/json") is None:
                self._names.add(name)

    def is_own(self, image: str) -> bool:
        """Check whether the build may remove ``image``, a name or an id."""
        found = self.engine.ask("GET", f"/images/{image}/json")
        if found is None:
            return True
        tags = set(found.get("RepoTags") or [])
        if tags:
            return _full(image) in tags & self._names or tags <= self._names
        return datetime.fromisoformat(_seconds(str(found["Created"]))) >= self.began


def _full(name: str) -> str:
    """Return a name with its tag."""
    return name if ":" in name.rpartition("/")[2] or "@" in name else f"{name}:latest"


def _seconds(time: str) -> str:
    """Return a time without the digits below a microsecond, which Python doesn't read."""
    whole, point, fraction = time.removesuffix("Z").partition(".")
    return f"{whole}{point}{fraction[:6].ljust(6, '0')}+00:00" if point else f"{whole}+00:00"
