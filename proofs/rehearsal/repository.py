"""The repository that is released in a proof: the service's own buildspecs, with a stand-in for what they work on.

What the builds do between two calls to AWS is cut short by it; which calls they make is not, for those are the
buildspecs' and CodeBuild's.
"""

import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from reporting.errors import CannotRunError
from settings.root import PROJECT_ROOT

STAND_IN = Path(__file__).resolve().parent / "stand_in"
OWN = (
    "backend-flask/buildspec.yml",
    "backend-flask/bake",
    "backend-flask/security",
    "backend-flask/tests/buildspec.yml",
)
"""What is taken from the project as it is."""
BRANCH = "prod"
_IDENTITY = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false")


@dataclass(frozen=True)
class Outcome:
    """How a commit's service fares: the exit status of its tests, and the HTTP status of its answers; 0: it ends."""

    tests: int = 0
    answer: int = 200


@dataclass(frozen=True)
class Repository:
    """A git repository at ``folder``."""

    folder: Path

    def start(self) -> None:
        """Make it, with one commit of a service that is well."""
        shutil.copytree(STAND_IN, self.folder)
        for name in OWN:
            found, target = PROJECT_ROOT / name, self.folder / name
            (shutil.copytree if found.is_dir() else shutil.copy)(found, target)
        # A layer that no other image on this machine has: what is to be pulled is not there already.
        with (self.folder / "backend-flask" / "requirements.txt").open("a") as requirements:
            requirements.write(f"# {secrets.token_hex()}\n")
        self._git("init", "--quiet", "--initial-branch", BRANCH)
        self.commit("The beginning", Outcome())

    def commit(self, message: str, outcome: Outcome) -> None:
        """Commit a service of that outcome."""
        told = f"{outcome.tests} {outcome.answer} {message}\n"
        (self.folder / "backend-flask" / "outcome").write_text(told, "utf-8")
        self._git("add", "--all")
        self._git("commit", "--quiet", "--message", message)

    def open_pull_request(self, number: int) -> None:
        """Have the newest commit be a pull request's, as GitHub names it."""
        self._git("update-ref", f"refs/pull/{number}/head", "HEAD")

    def find(self, message: str) -> str:
        """Return the id of the commit with that message."""
        return self._git("log", "--grep", message, "--max-count", "1", "--format=%H").strip()

    def _git(self, *words: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(self.folder), *_IDENTITY, *words], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise CannotRunError(f"git {words[0]} failed in {self.folder}:", *done.stderr.splitlines())
        return done.stdout
