"""Where scenarios take place: a local AWS with the four stacks, and the repository behind its connection."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from local_aws.platform.minute import OPTION as MINUTE
from proofs.rehearsal.repository import git, start_repository
from settings.root import PROJECT_ROOT
from tests.local_aws_fixture import LocalAws, local_aws_in
from tests.scenarios import changed_templates
from tests.scenarios.gate import Gate
from tests.scenarios.scenario import BASE, Scenario

PIPELINE = "cruddur-backend-fargate"
CHECKS = ("backend-flask/security", "backend-flask/tests/make-environment", "security_checks", "reporting")
"""What the action Secure needs, where it is not the stand-in of `base/`."""
BAKING = (
    "backend-flask/buildspec.yml",
    "backend-flask/bake",
    "backend-flask/admission",
    "backend-flask/verify",
    "backend-flask/tests/make-environment",
    "admission",
    "verification",
    "security_checks",
    "reporting",
)
"""What bakes and admits an image, and looks at it once it runs."""
SERVICE = ("backend-flask", "bin/db", "bin/test-backend", "admission", "verification", *CHECKS)
"""What the project's own service is made of."""
WAIVERS = Path("config", "waivers.toml")
QUICK_TESTS = ("test_reading.py", "test_settings.py")
"""The tests of it that a scenario runs: all of them run beside the scenarios anyway."""
SECRET = "/cruddur/backend-flask/CONNECTION_URL"
PARAMETERS = {
    "Protocol": "HTTP",
    "BackendFlaskFrontendUrl": "http://127.0.0.1:3000",
    "AwsCognitoUserPoolId": "ca-central-1_Rehearsal",
    "AwsCognitoUserPoolClientId": "5rehearsal5client",
}
COMMAND_SECONDS = 900


@dataclass
class Place:
    """``folder`` holds all of it; ``build`` is what was deployed."""

    folder: Path
    aws: LocalAws
    build: Path
    has_database: bool = False
    commits: int = 0
    gate: Gate = field(default_factory=Gate)

    @property
    def repository(self) -> Path:
        return self.folder / "repository"

    @cached_property
    def environment(self) -> Path:
        state = ["--state", str(self.aws.state_folder)]
        start = ["bin/local-aws", "start", "--port", str(self.aws.port), *state]
        after = [
            ["bin/local-aws", "handshake", "--repository", str(self.repository), *state],
            ["bin/local-aws", "database", *state, SECRET]
            if self.has_database
            else ["bin/local-aws", "stand-in", *state, SECRET, "postgresql://u:p@127.0.0.1:5432/cruddur"],
        ]
        return self.aws.environment_file(
            self.folder / "here.toml", PARAMETERS, start_command=start, after_deploy_commands=after
        )

    @cached_property
    def codepipeline(self) -> Any:
        return self.aws.client("codepipeline")

    @cached_property
    def address(self) -> str:
        """Where the service's health check answers, through the load balancer."""
        stack = self.aws.client("cloudformation").describe_stacks(StackName="cruddur-runtime")["Stacks"][0]
        url = next(one["OutputValue"] for one in stack["Outputs"] if one["OutputKey"] == "Url")
        return f"{url}/api/health-check"

    def command(self, name: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the project on this place."""
        here = ["--environment", str(self.environment), "--build", str(self.build)]
        return subprocess.run(
            [sys.executable, "-P", "-m", "delivery", name, *here, *words],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )

    def push(self) -> None:
        """Push what is committed to the branch that releases."""
        git(self.repository, "push", "--quiet", "local", "prod")

    def commit(self, tree: Path | None = None) -> None:
        """Commit `base/` with ``tree`` laid over it."""
        self._clear()
        shutil.copytree(BASE, self.repository, dirs_exist_ok=True)
        self._copy(BAKING)
        if tree is not None:
            shutil.copytree(tree, self.repository, dirs_exist_ok=True)
        self._commit()

    def commit_checked(self, files: Mapping[str, str]) -> None:
        """Commit `base/` with the security checks as they lie here, and with ``files``: path to text."""
        self._clear()
        shutil.copytree(BASE, self.repository, dirs_exist_ok=True)
        self._copy(CHECKS)
        for name, text in files.items():
            path = self.repository / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        self._commit()

    def commit_service(self, *, whole: bool = False) -> None:
        """Commit the project's own service as it lies here, with a few of its tests, or with all."""
        self._clear()
        self._copy(SERVICE, leave_out=() if whole else ("backend-flask/tests/*/test_*.py",))
        # A waiver of what is not there would be a finding.
        first, *tables = (PROJECT_ROOT / WAIVERS).read_text("utf-8").split("\n[[waivers]]\n")
        places = [tomllib.loads(table)["place"] for table in tables]
        here = [table for table, place in zip(tables, places, strict=True) if (self.repository / place).exists()]
        (self.repository / WAIVERS).parent.mkdir()
        (self.repository / WAIVERS).write_text("\n[[waivers]]\n".join([first, *here]), "utf-8")
        self._commit()

    def _copy(self, names: Sequence[str], leave_out: Sequence[str] = ()) -> None:
        listed = ["git", "-C", str(PROJECT_ROOT), "ls-files", "--cached", "--others", "--exclude-standard", *names]
        for name in subprocess.run(listed, capture_output=True, text=True, check=True).stdout.splitlines():
            found, target = PROJECT_ROOT / name, self.repository / name
            slow = any(found.match(pattern) for pattern in leave_out) and found.name not in QUICK_TESTS
            if found.is_file() and not slow:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(found, target)

    def _clear(self) -> None:
        for path in self.repository.iterdir():
            if path.name != ".git":
                shutil.rmtree(path)

    def _commit(self) -> None:
        self.commits += 1
        # Something of the service differs each time, or the push would start nothing.
        (self.repository / "backend-flask" / "commit").write_text(f"{self.commits}\n")
        (self.repository / "backend-flask" / "gate").write_text(self.gate.name)
        self.record()

    def record(self) -> None:
        """Commit what lies in the repository's folder."""
        git(self.repository, "add", "--all")
        git(self.repository, "commit", "--quiet", "--message", f"Commit {self.commits}")

    def kill_and_start_again(self) -> None:
        """End the local AWS as a loss of power would."""
        os.kill(json.loads((self.aws.state_folder / "process.json").read_text())["pid"], signal.SIGKILL)
        started = self.aws.run("start", "--port", str(self.aws.port))
        assert started.returncode == 0, started.stderr


@contextmanager
def opened(folder: Path, scenario: Scenario) -> Iterator[Place]:
    """Start a local AWS and deploy what the scenario wants to it."""
    folder.mkdir(parents=True)
    with ExitStack() as stack:
        variables = stack.enter_context(pytest.MonkeyPatch.context())
        for name, value in {MINUTE: "2", **scenario.variables}.items():
            variables.setenv(name, value)
        aws = stack.enter_context(local_aws_in(folder / "state"))
        variables.undo()
        stack.callback(aws.run, "reset", "--yes")
        place = Place(folder, aws, changed_templates.write(folder, scenario.templates), scenario.templates.migrations)
        stack.enter_context(closing(place.gate))
        start_repository(place.repository)
        deployed = place.command("deploy", "--yes")
        assert deployed.returncode == 0, deployed.stdout + deployed.stderr
        yield place
