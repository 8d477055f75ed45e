"""The repository that is released in a proof: what stands for the services of the settings, and its git."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from proofs.rehearsal import stand_in
from reporting.errors import CannotRunError
from settings.service import Service

_IDENTITY = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false")


def git(folder: Path, *words: str) -> str:
    """Run git in ``folder`` and return what it wrote; ``CannotRunError`` with git's own words where it fails."""
    done = subprocess.run(["git", "-C", folder, *_IDENTITY, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotRunError(f"git {words[0]} failed in {folder}:", *done.stderr.splitlines())
    return done.stdout.strip()


def start_repository(folder: Path) -> None:
    """Make a repository of one empty commit on the branch that releases."""
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch", "prod")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "Nothing yet")


@dataclass(frozen=True)
class Outcome:
    """How a commit's service fares: the exit status of its tests, and the HTTP status of its answers; 0: it ends."""

    tests: int = 0
    answer: int = 200


@dataclass(frozen=True)
class Repository:
    """A git repository at ``folder`` with all ``services``."""

    folder: Path
    branch: str
    services: Sequence[Service]

    def start(self) -> None:
        """Make it, with one commit of a service that is well."""
        self.folder.mkdir()
        for service in self.services:
            stand_in.write(service, self.folder)
        git(self.folder, "init", "--quiet", "--initial-branch", self.branch)
        self.commit("The beginning", Outcome())

    def commit(self, message: str, outcome: Outcome, *, signs: bool = True) -> None:
        """Commit a service of that outcome, whose bake attests and signs what it made, or does not."""
        told = f"{outcome.tests} {outcome.answer} {message}\n"
        for service in self.services:
            (self.folder / service.delivered.folder / "outcome").write_text(told, "utf-8")
            stand_in.write_bake(service, self.folder, signs=signs)
        git(self.folder, "add", "--all")
        git(self.folder, "commit", "--quiet", "--message", message)

    def open_pull_request(self, number: int) -> None:
        """Have the newest commit be a pull request's, as GitHub names it."""
        git(self.folder, "update-ref", f"refs/pull/{number}/head", "HEAD")

    def find(self, message: str) -> str:
        """Return the id of the commit with that message."""
        return git(self.folder, "log", "--grep", message, "--max-count", "1", "--format=%H")
