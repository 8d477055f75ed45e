"""The commands of a release, run bare in a shell: each is timed, none waits for anything but itself."""

import base64
import json
import os
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measuring import LAST_LINES, ran
from buildspecs.reading.reader import read
from reporting.errors import FailedError
from settings.root import PROJECT_ROOT
from tests.local_aws_fixture import LocalAws
from tests.scenarios.place import PARAMETERS, SECRET

STACK = ROLE = REPOSITORY = "bench-by-hand"
VERIFYING = "cruddur-backend-flask-verify"
SECONDS_TO_ANSWER = 60
SERVICE_VARIABLES = {
    "AWS_COGNITO_USER_POOL_ID": PARAMETERS["AwsCognitoUserPoolId"],
    "AWS_COGNITO_USER_POOL_CLIENT_ID": PARAMETERS["AwsCognitoUserPoolClientId"],
    "FRONTEND_URL": PARAMETERS["BackendFlaskFrontendUrl"],
    "BACKEND_URL": "http://127.0.0.1:4567",
    "CONNECTION_URL": "postgresql://u:p@127.0.0.1:5432/cruddur",
}
PUSH_RIGHTS = [
    "ecr:GetAuthorizationToken",
    "ecr:BatchCheckLayerAvailability",
    "ecr:InitiateLayerUpload",
    "ecr:UploadLayerPart",
    "ecr:CompleteLayerUpload",
    "ecr:PutImage",
    "ecr:BatchGetImage",
]


@dataclass(frozen=True)
class ByHand:
    """``repository`` is what is released; images go to a repository of their own in the registry of ``aws``."""

    aws: LocalAws
    repository: Path
    docker_settings: Path

    @property
    def image(self) -> str:
        """The image's name, with its tag."""
        return f"localhost:{self.aws.port}/{REPOSITORY}:latest"

    def log_in(self) -> None:
        """Make a repository and a role that may push to it, log Docker in as that role, and install what asks."""
        ran([str(PROJECT_ROOT / "bin" / "setup"), "verification"])
        stacks = self.aws.client("cloudformation")
        stacks.create_stack(StackName=STACK, TemplateBody=_template(), Capabilities=["CAPABILITY_NAMED_IAM"])
        stacks.get_waiter("stack_create_complete").wait(StackName=STACK, WaiterConfig={"Delay": 1})
        role = f"arn:aws:iam::{self.aws.account_id}:role/{ROLE}"
        session = self.aws.client("sts").assume_role(RoleArn=role, RoleSessionName=ROLE)["Credentials"]
        key = (session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])
        token = self.aws.client("ecr", key).get_authorization_token()["authorizationData"][0]["authorizationToken"]
        password = base64.b64decode(token).decode().partition(":")[2]
        words = ["docker", "login", "--username", "AWS", "--password-stdin", self.image.partition("/")[0]]
        ran(words, input=password, env=self._environment())

    def seconds(self, *, with_tests: bool = True) -> Mapping[str, float]:
        """Return how long each step takes, by its name, in seconds; a step that fails raises ``FailedError``."""
        taken: dict[str, float] = {}
        with tempfile.TemporaryDirectory(prefix="by-hand-") as name:
            folder = Path(name)
            with _timed(taken, "git archive"):
                self._run(f"git -C '{self.repository}' archive HEAD | tar --extract --directory '{folder}'", folder)
            if with_tests:
                with _timed(taken, "environment, database, pytest"):
                    self._run(_test_commands(folder), folder, SERVICE_VARIABLES)
            with _timed(taken, "docker build"):
                self._run(f"docker build --tag {self.image} backend-flask", folder)
            with _timed(taken, "docker push"):
                self._run(f"docker push {self.image}", folder)
        with _timed(taken, "migration"):
            self._migrate()
        with _timed(taken, "container start"):
            container = self._start()
        ran(["docker", "rm", "--force", container])
        with _timed(taken, "requests"):
            self._verify()
        return taken

    def _verify(self) -> None:
        """Ask what the pipeline deployed last, as the action Verify does."""
        (project,) = self.aws.client("codebuild").batch_get_projects(names=[VERIFYING])["projects"]
        told = {one["name"]: one["value"] for one in project["environment"]["environmentVariables"]}
        home = PROJECT_ROOT / ".cache" / "verification" / "bin" / "python"
        with tempfile.TemporaryDirectory(prefix="by-hand-") as folder:
            given = {**self._environment(), **told, "DESIRED_COUNT": "1", "PYTHONPATH": str(PROJECT_ROOT)}
            ran([str(home), "-m", "verification"], env=given, cwd=folder)

    def _migrate(self) -> None:
        secret = self.aws.client("ssm").get_parameter(Name=SECRET, WithDecryption=True)["Parameter"]["Value"]
        command = ["python", "-m", "cruddur.database_commands", "migrate"]
        given = ["--read-only", "--env", f"CONNECTION_URL={secret}"]
        ran(["docker", "run", "--rm", *given, self.image, *command])

    def _start(self) -> str:
        given = [part for name, value in SERVICE_VARIABLES.items() for part in ("--env", f"{name}={value}")]
        published = ("--publish", "127.0.0.1::4567")
        container = ran(["docker", "run", "--detach", "--read-only", *published, *given, self.image]).strip()
        address = ran(["docker", "port", container, "4567/tcp"]).split()[0]
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        while not _answers(f"http://{address}/api/health-check"):
            if time.monotonic() > deadline:
                said = ran(["bash", "-c", 'docker logs "$1" 2>&1', "bash", container]).splitlines()[-LAST_LINES:]
                raise FailedError(f"The service by hand did not answer within {SECONDS_TO_ANSWER} s:", *said)
            time.sleep(0.02)
        return container

    def _run(self, script: str, folder: Path, variables: Mapping[str, str] | None = None) -> None:
        words = ["bash", "-euo", "pipefail", "-c", script]
        environment = {**self._environment(), **(variables or {})}
        done = subprocess.run(
            words,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise FailedError("A step by hand failed:", *done.stdout.splitlines()[-LAST_LINES:])

    def _environment(self) -> dict[str, str]:
        # Like a build: nothing of the user's own, so that neither has caches or settings that the other lacks.
        kept = {name: os.environ[name] for name in ("PATH", "DOCKER_HOST") if name in os.environ}
        return {**kept, "HOME": str(self.docker_settings), "LC_ALL": "C.UTF-8"}


@contextmanager
def _timed(taken: dict[str, float], name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    taken[name] = time.monotonic() - began


def _test_commands(folder: Path) -> str:
    """Give the commands of the buildspec that tests the service as one script; they have no server of their own yet."""
    buildspec = read((folder / "backend-flask" / "tests" / "buildspec.yml").read_text())
    lines = [f"export {name}='{value}'" for name, value in buildspec.environment.variables.items()]
    lines.append("unset CONNECTION_URL")
    for phase in buildspec.phases.values():
        lines += [*phase.commands, *phase.finally_commands]
    return "\n".join(lines)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=1) as answer:  # noqa: S310 - our own container
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's OK
    except OSError:
        return False


def _template() -> str:
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:user/deployer"}},
        "Action": "sts:AssumeRole",
    }
    may = {"Effect": "Allow", "Action": PUSH_RIGHTS, "Resource": "*"}
    role = {
        "RoleName": ROLE,
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "Policies": [{"PolicyName": "push", "PolicyDocument": {"Version": "2012-10-17", "Statement": [may]}}],
    }
    resources = {
        "Repository": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": REPOSITORY}},
        "Role": {"Type": "AWS::IAM::Role", "Properties": role},
    }
    return json.dumps({"Resources": resources})
