"""Sees pushes: looks at bare repositories for branches and tags that moved, and tells of each.

For each repository that a pipeline's source names there is a bare one in the state folder; ``git push`` into it is a
push to the connection's repository. What was seen is remembered, so that a push made while nobody looked is not lost,
and a push is not seen twice.
"""

import logging
import threading
import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from local_aws.platform.json_store import Records
from local_aws.services.codepipeline.triggers.git import NO_COMMIT, GitError, Repository
from local_aws.services.codepipeline.triggers.push_filter import Push

INTERVAL_SECONDS = 0.5
BRANCHES, TAGS = "refs/heads/", "refs/tags/"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Seen:
    """A push into the repository at ``path``; ``token`` is the same when the same push is seen again after a crash."""

    path: Path
    push: Push
    token: str


class PushWatch:
    """Polls on a thread of its own; ``repositories`` gives the bare repositories to look at."""

    def __init__(
        self, memory: Records, repositories: Callable[[], Iterable[Path]], on_push: Callable[[Seen], None]
    ) -> None:
        self._memory = memory
        self._repositories = repositories
        self._on_push = on_push
        self._signatures: dict[Path, object] = {}
        self._looking = threading.Lock()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="push-watch", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2)

    def look(self) -> None:
        """Look once at every repository; what was pushed before the call has been handed on when it returns."""
        with self._looking:
            for path in self._repositories():
                signature = _signature(path)
                if self._signatures.get(path) != signature:
                    self._look_at(path)
                    self._signatures[path] = signature

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                self.look()
            except Exception:
                log.exception("The repositories could not be read")
            self._ending.wait(INTERVAL_SECONDS)

    def _look_at(self, path: Path) -> None:
        repository = Repository(path)
        refs = repository.references()
        # A repository seen for the first time was empty when it was made: what is in it has been pushed.
        remembered = self._memory.get(str(path)) or {"count": 0, "refs": {}}
        known: Mapping[str, str] = remembered["refs"]
        for name, commit in refs.items():
            if known.get(name) != commit:
                token = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{path} {name} {commit} {remembered['count']}"))
                self._tell(Seen(path, _push(repository, name, known.get(name, NO_COMMIT), commit), token))
        if refs != known:
            self._memory.put(str(path), {"count": remembered["count"] + 1, "refs": refs})

    def _tell(self, seen: Seen) -> None:
        try:
            self._on_push(seen)
        except Exception:
            log.exception("A push into %s did not start its pipeline", seen.path)


def _push(repository: Repository, name: str, before: str, after: str) -> Push:
    """Describe a reference's move; the paths are those that the filters of triggers are asked about."""
    if name.startswith(TAGS):
        return Push("", after, tag=name.removeprefix(TAGS))
    try:
        paths = repository.changed_paths(before, after)
    except GitError:
        # A forced push may have left the old commit behind, which git has then cleared away.
        paths = repository.changed_paths(NO_COMMIT, after)
    return Push("", after, branch=name.removeprefix(BRANCHES), paths=tuple(paths))


def _signature(path: Path) -> object:
    """Return what changes when a reference does, without asking git: the references' files and their times."""
    times = []
    for file in [path / "packed-refs", *sorted((path / "refs").rglob("*"))]:
        # Git's lock files come and go between the listing and the look.
        with suppress(FileNotFoundError):
            times.append((file, file.stat().st_mtime_ns))
    return times
