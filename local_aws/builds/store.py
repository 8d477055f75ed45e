"""The records of all builds: in memory to answer from, one file each on disk to outlive the process."""

import copy
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from local_aws.records import Records, write_atomically
from local_aws.service import Json, ServiceError

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
    """Builds by id. What is given out is a copy."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.RLock()
        self._numbers = Records(folder / "numbers.json")
        self._builds = {build.id: build for build in _loaded(folder / "records")}

    def workspace(self, build_id: str) -> Path:
        """Give the folder in which a build runs."""
        return self.folder / "running" / _uuid(build_id)

    def log_file(self, build_id: str) -> Path:
        """Give the local copy of a build's log."""
        path = self.folder / "logs" / f"{_uuid(build_id)}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def next_number(self, project: str) -> int:
        """Give the next build number of a project; a number is never given twice."""
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
        """Give a build by its id or ARN."""
        with self._lock:
            return copy.deepcopy(self._builds.get(_id(build_id)))

    def required(self, build_id: str) -> Build:
        """Give a build, or refuse as CodeBuild does."""
        found = self.get(build_id)
        if found is None:
            raise ServiceError("ResourceNotFoundException", f"Build {build_id} does not exist")
        return found

    def all(self) -> list[Build]:
        """Give all builds, the oldest first."""
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
            self._file(build_id).unlink(missing_ok=True)
            self.log_file(build_id).unlink(missing_ok=True)

    def _file(self, build_id: str) -> Path:
        return self.folder / "records" / f"{_uuid(build_id)}.json"

    def _write(self, build: Build) -> None:
        content: Mapping[str, Json] = {"record": build.record, "settings": build.settings}
        write_atomically(self._file(build.id), json.dumps(content, indent=1).encode())


def _loaded(folder: Path) -> Iterator[Build]:
    for file in folder.glob("*.json"):
        # A file that another program has damaged costs that one record, not the start of all the rest.
        with suppress(ValueError, KeyError, TypeError):
            content = json.loads(file.read_bytes())
            yield Build(content["record"], content["settings"])


def _id(build_id: str) -> str:
    return build_id.partition(":build/")[2] or build_id


def _uuid(build_id: str) -> str:
    return build_id.rpartition(":")[2]
