"""What a service tells where the engine is not there, goes away and comes back: no task runs that does not."""

import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.local_aws.tasks.conftest import check_docker
from tests.local_aws.tasks.probe import BASE, docker
from tests.local_aws.tasks.relay import Relay
from tests.local_aws_fixture import LocalAws, local_aws_in
from tests.support.roles import allow, role
from tests.support.waiting import until

pytestmark = pytest.mark.slow

WAIT = ["python", "-c", "import time; time.sleep(600)"]


@pytest.fixture
def relay() -> Iterator[Relay]:
    # The path of a socket may have a hundred bytes.
    with tempfile.TemporaryDirectory() as folder:
        yield Relay(Path(folder) / "docker.sock")


@pytest.fixture
def service(
    relay: Relay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., tuple[LocalAws, Any]]]:
    """Deploy a service of two tasks of an image; give the local AWS and a client of its ECS."""
    monkeypatch.setenv("DOCKER_HOST", relay.address)
    with local_aws_in(tmp_path / "state") as aws:

        def deploy(image: str, *, status: str = "CREATE_COMPLETE") -> tuple[LocalAws, Any]:
            stacks = aws.client("cloudformation")
            stacks.create_stack(
                StackName="away",
                TemplateBody=_template(image),
                Capabilities=["CAPABILITY_NAMED_IAM"],
                DisableRollback=True,
            )
            until(lambda: _status(stacks) == status and _is_there(aws.client("ecs")), status)
            return aws, aws.client("ecs", aws.session("arn:aws:iam::000000000000:role/tester"))

        yield deploy


def _status(stacks: Any) -> str:
    return str(stacks.describe_stacks(StackName="away")["Stacks"][0]["StackStatus"])


def _is_there(ecs: Any) -> bool:
    return bool(ecs.list_clusters()["clusterArns"] and ecs.list_services(cluster="away")["serviceArns"])


def _template(image: str) -> str:
    container = {"Name": "main", "Image": image, "Command": WAIT}
    service = {
        "ServiceName": "away",
        "Cluster": {"Ref": "Cluster"},
        "TaskDefinition": {"Ref": "Definition"},
        "DesiredCount": 2,
    }
    resources = {
        "Tester": role("tester", allow("ecs:*")),
        "Cluster": {"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": "away"}},
        "Definition": {
            "Type": "AWS::ECS::TaskDefinition",
            "Properties": {"Family": "away", "Memory": "64", "ContainerDefinitions": [container]},
        },
        "Service": {"Type": "AWS::ECS::Service", "DependsOn": "Tester", "Properties": service},
    }
    return json.dumps({"Resources": resources})


def _described(ecs: Any) -> tuple[int, str, list[str]]:
    """Return how many tasks run, the state of the rollout, and the events."""
    (found,) = ecs.describe_services(cluster="away", services=["away"])["services"]
    return found["runningCount"], found["deployments"][0]["rolloutState"], [one["message"] for one in found["events"]]


def _stopped(ecs: Any) -> list[Any]:
    arns = ecs.list_tasks(cluster="away", desiredStatus="STOPPED")["taskArns"]
    return list(ecs.describe_tasks(cluster="away", tasks=arns)["tasks"]) if arns else []


def _containers(aws: LocalAws) -> list[str]:
    found = docker(
        "ps",
        "--quiet",
        "--filter",
        f"label=com.amazonaws.ecs.cluster=arn:aws:ecs:{aws.region}:{aws.account_id}:cluster/away",
    )
    return found.stdout.split()


def test_without_an_engine_no_task_runs_and_the_reason_is_told(relay: Relay, service: Any) -> None:
    aws, ecs = service(BASE, status="CREATE_FAILED")
    sentence = f"No Docker engine answers at {relay.address}: start Docker"
    reason = aws.client("cloudformation").describe_stacks(StackName="away")["Stacks"][0]["StackStatusReason"]
    assert f"The service away/away wants 2 tasks, and none can run: {sentence}" in reason
    running, rollout, events = _described(ecs)
    assert (running, rollout) == (0, "IN_PROGRESS")
    assert events == [f"(service away) was unable to place a task. Reason: {sentence}."]
    refused = ecs.run_task(cluster="away", taskDefinition="away")
    assert (refused["tasks"], refused["failures"]) == ([], [{"reason": sentence}])
    assert not _containers(aws)


@pytest.mark.timeout(300)
def test_an_engine_that_goes_takes_its_tasks_along_and_brings_others(relay: Relay, service: Any) -> None:
    relay.begin()
    check_docker()
    aws, ecs = service(BASE)
    until(lambda: _described(ecs)[:2] == (2, "COMPLETED"), "two tasks that run")
    before = set(_containers(aws))
    relay.end()
    until(lambda: _described(ecs)[0] == 0, "tasks that don't run any more")
    assert "was unable to place a task. Reason: No Docker engine answers" in _described(ecs)[2][0]
    reasons = {task["stoppedReason"] for task in _stopped(ecs)}
    assert reasons == {
        f"The container can't be inspected any more: No Docker engine answers at {relay.address}: start Docker"
    }
    relay.begin()
    until(lambda: _described(ecs)[0] == 2, "two tasks that run again")
    until(lambda: len(_containers(aws)) == 2, "the end of the containers that were left")
    assert not before & set(_containers(aws))


@pytest.mark.timeout(300)
def test_what_can_not_start_is_tried_again_after_pauses_and_says_why(relay: Relay, service: Any) -> None:
    relay.begin()
    check_docker()
    aws, ecs = service("localhost:1/no/such:image", status="CREATE_IN_PROGRESS")
    until(lambda: any("unable to consistently start tasks" in event for event in _described(ecs)[2]), "the pauses")
    stopped = _stopped(ecs)
    assert 4 <= len(stopped) <= 10
    running, rollout, events = _described(ecs)
    assert (running, rollout) == (0, "IN_PROGRESS")
    assert any("failed to launch a task with (error CannotPullContainerError: " in event for event in events)
    assert all("CannotPullContainerError" in task["stoppedReason"] for task in stopped)
    assert not _containers(aws)
