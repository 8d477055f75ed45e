"""The records of all builds, in memory and in the database, and the tokens of requests that started them."""

import copy
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from local_aws.platform.json_store import Records
from local_aws.platform.service import Json, ServiceError
from local_aws.state.database import Database

LIFETIME_SECONDS = 300.0
"""https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html"""


@dataclass
class Tokens:
    """Requests by token."""

    _known: dict[str, tuple[float, Json, str]] = field(default_factory=dict)

    def build_of(self, token: str, request: Json, now: float) -> str:
        """Return the id of the build that this request started, or nothing; refuse the token with another request."""
        self._known = {key: entry for key, entry in self._known.items() if now - entry[0] < LIFETIME_SECONDS}
        if not token or token not in self._known:
            return ""
        _, earlier, build_id = self._known[token]
        if earlier != request:
            message = "The idempotencyToken was used with other parameters; use another token"
            raise ServiceError("InvalidInputException", message)
        return build_id

    def remember(self, token: str, request: Json, build_id: str, now: float) -> None:
        """Keep what a request started."""
        if token:
            self._known[token] = (now, request, build_id)


IN_PROGRESS = "IN_PROGRESS"


@dataclass
class Build:
    """A build: ``record`` is what BatchGetBuilds shows, ``settings`` what it doesn't.

    These are the project's artifacts in full, the request that started the build, the pipeline execution that it is
    part of, and where its processes are.
    """

    record: Json
    settings: Json

    @property
    def id(self) -> str:
        """``PROJECT:UUID``."""
        return str(self.record["id"])

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return bool(self.record["buildStatus"] == IN_PROGRESS)


class BuildStore:
    """Builds by id; their folders and logs lie below ``folder``. What is given out is a copy."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.RLock()
        self._numbers = Records(database, "builds/numbers")
        self._records = Records(database, "builds/records")
        self._builds = {key: Build(kept["record"], kept["settings"]) for key, kept in self._records.all().items()}

    def log_file(self, build_id: str) -> Path:
        """Return the local copy of a build's log."""
        path = self.folder / "logs" / f"{build_id.rpartition(':')[2]}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def next_number(self, project: str) -> int:
        """Return the next build number of a project; a number is never given twice."""
        with self._lock:
            number = int((self._numbers.get(project) or {"last": 0})["last"]) + 1
            self._numbers.put(project, {"last": number})
            return number

    def add(self, build: Build) -> None:
        """Keep a new build."""
        with self._lock:
            self._builds[build.id] = build
            self._write(build)

    def get(self, build_id: str) -> Build | None:
        """Return a build by its id or ARN."""
        with self._lock:
            return copy.deepcopy(self._builds.get(build_id.partition(":build/")[2] or build_id))

    def required(self, build_id: str) -> Build:
        """Return a build, or refuse as CodeBuild does."""
        found = self.get(build_id)
        if found is None:
            raise ServiceError("ResourceNotFoundException", f"Build {build_id} does not exist")
        return found

    def all(self) -> list[Build]:
        """Return all builds, the oldest first."""
        with self._lock:
            return copy.deepcopy(sorted(self._builds.values(), key=lambda build: build.record["startTime"]))

    def change(self, build_id: str, change: Callable[[Build], None], *, at_once: bool = True) -> Build:
        """Apply ``change`` to a build; without ``at_once`` it reaches the disk with the next change, which is near."""
        with self._lock:
            build = self._builds[build_id]
            change(build)
            if at_once:
                self._write(build)
            return copy.deepcopy(build)

    def delete(self, build_id: str) -> None:
        """Forget a build and its log."""
        with self._lock:
            self._builds.pop(build_id, None)
            self._records.delete(build_id)
            self.log_file(build_id).unlink(missing_ok=True)

    def _write(self, build: Build) -> None:
        self._records.put(build.id, {"record": build.record, "settings": build.settings})
