"""Pushes into bare repositories, seen once each, also over a restart."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from local_aws.platform.json_store import Records
from local_aws.services.codepipeline.triggers.git import create_bare
from local_aws.services.codepipeline.triggers.push_watcher import PushWatch, Seen
from local_aws.state.database import Database
from proofs.rehearsal.repository import git


@dataclass
class Watched:
    """A working repository with a remote ``local``, and the watch on that remote."""

    folder: Path
    seen: list[Seen] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bare, self.work = self.folder / "bare.git", self.folder / "work"
        create_bare(self.bare)
        self.work.mkdir()
        git(self.work, "init", "-q", "-b", "prod")
        git(self.work, "remote", "add", "local", str(self.bare))
        self.open()

    def open(self) -> None:
        memory = Records(Database(self.folder), "pushes")
        self.watch = PushWatch(memory, lambda: [self.bare], self.seen.append)
        self.watch.look()

    def commit(self, *paths: str) -> str:
        for path in paths:
            place = self.work / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(place.read_text() + "x" if place.exists() else "x")
        git(self.work, "add", "-A")
        git(self.work, "commit", "-qm", " ".join(paths))
        return git(self.work, "rev-parse", "HEAD")

    def push(self, *words: str) -> list[Seen]:
        """Push and give what was seen of it."""
        git(self.work, "push", "-q", "local", *words)
        before = len(self.seen)
        self.watch.look()
        self.watch.look()
        return self.seen[before:]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def test_a_push_is_seen_once_with_its_commit_and_paths(watched: Watched) -> None:
    first = watched.commit("a.py", "b/c.py")
    (seen,) = watched.push("prod")
    assert (seen.push.branch, seen.push.commit, seen.push.paths) == ("prod", first, ("a.py", "b/c.py"))
    watched.commit("b/c.py")
    second = watched.commit("d.py")
    (seen,) = watched.push("prod")
    assert (seen.push.commit, seen.push.paths) == (second, ("b/c.py", "d.py"))


def test_a_push_that_came_before_the_first_look_is_seen(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.commit("a.py")
    git(watched.work, "push", "-q", "local", "prod")
    (tmp_path / "pushes.json").unlink(missing_ok=True)
    watched.open()
    assert [each.push.branch for each in watched.seen] == ["prod"]


def test_tags_and_branches_and_deletions(watched: Watched) -> None:
    commit = watched.commit("a.py")
    git(watched.work, "tag", "-a", "v1", "-m", "one")
    found = watched.push("prod", "prod:feature/x", "v1")
    assert sorted((each.push.branch, each.push.tag) for each in found) == [("", "v1"), ("feature/x", ""), ("prod", "")]
    assert {each.push.commit for each in found} == {commit}
    assert watched.push("--delete", "feature/x") == []


def test_a_push_made_while_nobody_looked_is_seen_later(watched: Watched) -> None:
    watched.commit("a.py")
    watched.push("prod")
    watched.commit("b.py")
    git(watched.work, "push", "-q", "local", "prod")
    watched.open()
    assert [each.push.paths for each in watched.seen] == [("a.py",), ("b.py",)]
    watched.open()
    assert len(watched.seen) == 2


def test_going_back_and_forth_is_a_push_each_time(watched: Watched) -> None:
    first = watched.commit("a.py")
    watched.push("prod")
    second = watched.commit("b.py")
    watched.push("prod")
    (back,) = watched.push("--force", f"{first}:prod")
    (forth,) = watched.push(f"{second}:prod")
    assert (back.push.commit, back.push.paths, forth.push.commit) == (first, ("b.py",), second)
    assert len({each.token for each in watched.seen}) == 4
