"""Releases to a service that shifts traffic, steered by the commands: what they wait for, and what ends that."""

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tests.delivery.project import Project, Result
from tests.delivery.releases.pipeline_template import BUILD_RIGHTS, SERVICE, pipeline_resources
from tests.delivery.releases.release_project import PASSING, ReleaseProject
from tests.faults.shifting_service import Clients, template
from tests.local_aws.tasks.conftest import check_docker
from tests.local_aws.tasks.probe import BASE
from tests.local_aws_fixture import local_aws_in

pytestmark = pytest.mark.timeout(240)
PAUSE = {
    "TargetType": "PAUSE",
    "LifecycleStages": ["POST_SCALE_UP"],
    "TimeoutConfiguration": {"TimeoutInMinutes": 20, "Action": "ROLLBACK"},
}
PAUSING = {"Strategy": "BLUE_GREEN", "BakeTimeInMinutes": 0, "LifecycleHooks": [PAUSE]}
NOWHERE = "127.0.0.1:9/web:1"
"""An image that no registry has."""


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReleaseProject]:
    """Deploy a pipeline, and a service that runs and whose deployments pause once their tasks are healthy."""
    check_docker()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOCAL_AWS_MINUTE", "1")
        with local_aws_in(tmp_path_factory.mktemp("steered") / "state") as aws:
            made = ReleaseProject(Project(tmp_path_factory.mktemp("project"), aws))
            made.commit(PASSING)
            _deploy(made)
            yield made
            stack, client = made.project.name("all"), made.client("cloudformation")
            client.update_termination_protection(StackName=stack, EnableTerminationProtection=False)
            client.delete_stack(StackName=stack)


def _deploy(made: ReleaseProject) -> None:
    # The pause is there from the second deployment on, so that nobody has to answer while the stack is made.
    for configuration in ({"Strategy": "BLUE_GREEN", "BakeTimeInMinutes": 0}, PAUSING):
        _write(made, "1", configuration)
        done = made.project.deploy()
        assert done.code == 0, done.err
    made.handshake()


def _write(made: ReleaseProject, version: str, configuration: dict[str, Any]) -> None:
    """Write the stack with a service of that version and configuration."""
    body = template(made.name, version, configuration)
    declared: dict[str, Any] = json.loads(json.dumps(body).replace('"main"', json.dumps(SERVICE)))
    resources = {**pipeline_resources(made.name, BUILD_RIGHTS, approval=False, deploys=True), **declared["Resources"]}
    resources["Service"]["Properties"]["ServiceName"] = SERVICE
    stack = made.project.stack("all", resources, capabilities=["CAPABILITY_NAMED_IAM"], outputs=declared["Outputs"])
    made.project.manifest["pipelines"] = [made.entry(stack)]


def _image(made: ReleaseProject, image: str) -> str:
    """Release a commit that says which image to deploy; give the execution's id when its roll-out goes on."""
    made.commit_image(image)
    assert made.run("release", "--no-wait").code == 0
    return made.wait_for("Deploy")


def _clients(made: ReleaseProject) -> Clients:
    found = made.client("cloudformation").describe_stacks(StackName=made.project.name("all"))["Stacks"][0]["Outputs"]
    name = next(one["OutputValue"] for one in found if one["OutputKey"] == "Name")
    return Clients(f"http://{name}/x")


def _status(made: ReleaseProject, words: str) -> Result:
    """Wait until `make status` says it."""
    found: Result = made.until(lambda: words in (shown := made.run("status")).out and shown)
    return found


def _last_rollout(made: ReleaseProject) -> str:
    ecs = made.client("ecs")
    return str(ecs.list_service_deployments(cluster=made.name, service=SERVICE)["serviceDeployments"][0]["status"])


@pytest.mark.parametrize(
    ("words", "code", "end"),
    [((), 0, "SUCCESSFUL"), (("--reject",), 1, "ROLLBACK_SUCCESSFUL"), (None, 1, "ROLLBACK_SUCCESSFUL")],
)
def test_a_pause_is_approved_rejected_or_runs_out(
    releases: ReleaseProject, words: tuple[str, ...] | None, code: int, end: str
) -> None:
    with _clients(releases) as clients:
        execution = _image(releases, BASE)
        told = _status(releases, "The roll-out waits for a person (post scale up, 0 % of the requests): `bin/approve ")
        assert f"--execution {execution} --reject`; at " in told.out
        if words is not None:
            answered = releases.run("approve", *words)
            assert answered.code == 0, answered.err
        followed = releases.run("release", "--follow", execution)
        assert followed.code == code, followed.err
        releases.until(lambda: _last_rollout(releases) == end)
    assert not clients.failures()


def test_new_tasks_that_are_never_healthy_are_told_with_what_ends_their_roll_out(releases: ReleaseProject) -> None:
    with _clients(releases) as clients:
        execution = _image(releases, NOWHERE)
        told = _status(releases, "The new tasks do not become healthy: CannotPullContainerError")
        assert ". They get no request, and are started again until " in told.out
        assert "; `bin/stop " in told.out
        assert "--roll-back` ends that now, and what ran before continues." in told.out
        _write(releases, "9", PAUSING)
        refused = releases.project.deploy("--yes")
        _write(releases, "1", PAUSING)
        assert refused.code == 2
        assert f"would change while a roll-out of {SERVICE} shifts its requests (scale up, 0 % of the" in refused.err
        stopped = releases.run("stop", "--roll-back")
        assert stopped.out.startswith(
            f"The roll-out of {SERVICE} is rolled back, and the release that waits for it fails;"
        )
        followed = releases.run("release", "--follow", execution)
        assert followed.code == 1
        assert releases.run("stop", "--roll-back").err == f"Nothing to stop: no roll-out of {SERVICE} is in progress.\n"
    assert not clients.failures()


def test_a_deployment_of_the_stack_says_that_it_waits_at_the_pause_and_which_command_goes_on(
    releases: ReleaseProject,
) -> None:
    _write(releases, "2", PAUSING)
    with (
        _clients(releases) as clients,
        subprocess.Popen(
            releases.project.command("deploy", "--yes"),
            cwd=releases.project.folder,
            env=releases.project.variables(),
            stdout=subprocess.PIPE,
            text=True,
        ) as deploying,
    ):
        assert deploying.stdout is not None
        told = next((line for line in deploying.stdout if "waits for a person" in line), "")
        assert f"The stack waits for {SERVICE}. The roll-out waits for a person (post scale up, 0 % of the re" in told
        assert f"`bin/approve --environment FILE --service {SERVICE}`, or `bin/approve " in told
        answered = releases.run("approve")
        assert answered.code == 0, answered.err
        assert "The stack waits" not in deploying.stdout.read(), "it is told once"
        assert deploying.wait() == 0
        assert clients.ask() == (200, "2")
    assert not clients.failures()
