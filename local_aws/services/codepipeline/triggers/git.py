"""Reads a local git repository by the git command: commits, their trees as zips, changed paths, the working tree."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

NO_COMMIT = "0" * 40
"""What git's hooks give for the commit before a branch was made, or after it was deleted."""

AUTHOR = {
    "GIT_AUTHOR_NAME": "working tree",
    "GIT_AUTHOR_EMAIL": "working-tree@localhost",
    "GIT_COMMITTER_NAME": "working tree",
    "GIT_COMMITTER_EMAIL": "working-tree@localhost",
}


class GitError(Exception):
    """Git refuses; the message is its own."""


def create_bare(path: Path) -> None:
    """Make an empty bare repository at ``path``; one that is there already stays as it is.

    Safe beside another thread that does the same, and against a kill: the path holds nothing, or all of it.
    """
    if (path / "HEAD").is_file():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".new-", ignore_cleanup_errors=True) as made:
        Repository(Path(made)).initialize()
        try:
            Path(made).rename(path)
        except OSError:
            if not (path / "HEAD").is_file():  # the rest of one that was made in place, and not to its end
                Repository(path).initialize()


@dataclass(frozen=True)
class Commit:
    """A commit: full id, message, when it was authored (ISO 8601 as git gives it) and committed (epoch seconds)."""

    id: str
    message: str
    authored: str
    committed: float


class Repository:
    """The repository, bare or with a working tree, at ``path``; ``surroundings`` are more GIT_ variables."""

    def __init__(self, path: Path, surroundings: Mapping[str, str] | None = None) -> None:
        self._path = path
        self._surroundings = dict(surroundings or {})

    @property
    def path(self) -> Path:
        """Where it is."""
        return self._path

    @property
    def exists(self) -> bool:
        """Whether there is a repository at the path itself; git would also find one above it."""
        return (self._path / ".git").exists() or (self._path / "HEAD").is_file()

    def find(self, reference: str) -> Commit | None:
        """Return the commit that a branch, tag or id stands for; None where there is none."""
        try:
            answer = self._git("log", "-1", "--format=%H%x00%aI%x00%ct%x00%B", "--end-of-options", reference, "--")
        except GitError:
            return None
        commit, authored, committed, message = answer.decode(errors="replace").split("\0", 3)
        return Commit(commit, message.strip(), authored, float(committed))

    def branch(self, name: str) -> Commit | None:
        """Return the newest commit of a branch."""
        return self.find(f"refs/heads/{name}")

    def references(self) -> dict[str, str]:
        """Return the commit of every branch and tag, by full name such as ``refs/heads/prod``."""
        commit = "%(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end)"
        answer = self._text("for-each-ref", f"--format={commit} %(refname)", "refs/heads", "refs/tags")
        pairs = [line.split(" ", 1) for line in answer.splitlines()]
        return {name: commit for commit, name in pairs}

    @contextmanager
    def archive(self, commit: str) -> Iterator[BinaryIO]:
        """Return a commit's tree as the zip that ``git archive`` makes, in a file."""
        with tempfile.TemporaryFile() as file:
            self._git("archive", "--format=zip", "--end-of-options", commit, output=file)
            file.seek(0)
            yield file

    def changed_paths(self, before: str, after: str) -> list[str]:
        """Return the paths that differ between two commits; for a new branch, those that any of its commits touches."""
        if before == NO_COMMIT:
            words = ("--format=", "--name-only", "--no-renames", "-m", "-z", "--end-of-options")
            answer = self._git("-c", "log.showRoot=true", "log", *words, after, "--")
        else:
            answer = self._git("diff", "--name-only", "--no-renames", "-z", "--end-of-options", before, after)
        return sorted({path.decode(errors="replace") for path in answer.split(b"\0") if path})

    @contextmanager
    def working_tree(self) -> Iterator[tuple["Repository", Commit, bool]]:
        """Return what lies in the working tree as a commit on top of HEAD, and whether it differs from HEAD.

        Files that git ignores are left out. The repository itself gets nothing of it: neither index nor object.
        """
        with tempfile.TemporaryDirectory(prefix="working-tree-") as folder:
            objects = Path(folder, "objects")
            objects.mkdir()
            surroundings = {
                "GIT_INDEX_FILE": str(Path(folder, "index")),
                "GIT_OBJECT_DIRECTORY": str(objects),
                "GIT_ALTERNATE_OBJECT_DIRECTORIES": self._objects(),
                **AUTHOR,
            }
            beside = Repository(self._path, surroundings)
            yield beside, *beside.record_working_tree()

    def record_working_tree(self) -> tuple[Commit, bool]:
        """Write the working tree through the index and give its commit; HEAD itself when nothing differs."""
        head = self.find("HEAD")
        if head is None:
            raise GitError(f"{self._path} has no commit yet")
        self._git("read-tree", head.id)
        self._git("add", "--all", "--", ":/")
        tree = self._text("write-tree")
        if tree == self._text("rev-parse", f"{head.id}^{{tree}}"):
            return head, False
        subject = head.message.partition("\n")[0]
        message = f"Uncommitted changes on top of {head.id[:7]}: {subject}"
        commit = self.find(self._text("commit-tree", tree, "-p", head.id, "-m", message))
        if commit is None:
            raise GitError("the working tree's commit was not written")
        return commit, True

    def initialize(self) -> None:
        """Make the folder a bare repository."""
        self._git("init", "--quiet", "--bare")

    def run_own_hooks(self) -> None:
        """Have a bare repository run the hooks in its own folder, also where its user's settings name another one."""
        self._git("config", "core.hooksPath", "hooks")

    def _objects(self) -> str:
        path = Path(self._text("rev-parse", "--git-path", "objects"))
        return str(path if path.is_absolute() else (self._path / path).resolve())

    def _text(self, *arguments: str) -> str:
        return self._git(*arguments).decode(errors="replace").strip()

    def _git(self, *arguments: str, output: BinaryIO | None = None) -> bytes:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        done = subprocess.run(
            ["git", "-C", str(self._path), *arguments],
            env=kept | {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8"} | self._surroundings,
            stdin=subprocess.DEVNULL,
            stdout=output or subprocess.PIPE,
            stderr=subprocess.PIPE,
            check=False,
        )
        if done.returncode:
            raise GitError(done.stderr.decode(errors="replace").strip() or f"git {arguments[0]} failed")
        return done.stdout or b""
