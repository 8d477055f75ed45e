"""CloudFormation waits for a service: a stack is complete when its tasks are healthy, and fails when they never are.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.local_aws.cloudformation.stack_driver import StackDriver
from tests.local_aws.tasks.conftest import check_docker
from tests.local_aws.tasks.probe import BASE
from tests.local_aws_fixture import LocalAws, local_aws_in, run_local_aws
from tests.support.waiting import until

pytestmark = pytest.mark.slow

TRIGGERED = "Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'."
SECONDS_TO_STOP = 10
NEEDS_A_WORD = "import os, time; os.environ['WORD']; time.sleep(600)"


@pytest.fixture
def driver(local_aws: LocalAws) -> Iterator[StackDriver]:
    check_docker()
    made = StackDriver(local_aws, seconds=90)
    yield made
    made.client.delete_stack(StackName=made.name)


def template(
    name: str, *, count: int = 1, breaker: bool = True, word: str | None = "a", health: list[str] | None = None
) -> dict[str, Any]:
    container: dict[str, Any] = {"Name": "main", "Image": BASE, "Command": ["python", "-c", NEEDS_A_WORD]}
    if word is not None:
        container["Environment"] = [{"Name": "WORD", "Value": word}]
    if health is not None:
        container["HealthCheck"] = {"Command": health, "Interval": 5, "Timeout": 2, "Retries": 1}
    service = {
        "ServiceName": name,
        "Cluster": {"Ref": "Cluster"},
        "TaskDefinition": {"Ref": "Definition"},
        "DesiredCount": count,
        "DeploymentConfiguration": {"DeploymentCircuitBreaker": {"Enable": breaker, "Rollback": breaker}},
    }
    resources = {
        "Cluster": {"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": name}},
        "Definition": {
            "Type": "AWS::ECS::TaskDefinition",
            "Properties": {"Family": name, "Memory": "64", "ContainerDefinitions": [container]},
        },
        "Service": {"Type": "AWS::ECS::Service", "Properties": service},
    }
    return {"Resources": resources}


def service_of(driver: StackDriver) -> Any:
    (found,) = driver.aws.client("ecs").describe_services(cluster=driver.name, services=[driver.name])["services"]
    return found


def deployments_of(driver: StackDriver) -> list[Any]:
    ecs = driver.aws.client("ecs")
    briefs = ecs.list_service_deployments(cluster=driver.name, service=driver.name)["serviceDeployments"]
    arns = [brief["serviceDeploymentArn"] for brief in briefs]
    found: list[Any] = ecs.describe_service_deployments(serviceDeploymentArns=arns)["serviceDeployments"]
    return found


@pytest.mark.timeout(180)
def test_a_stack_is_complete_when_its_service_runs_and_fails_when_a_revision_never_does(driver: StackDriver) -> None:
    assert driver.create(template(driver.name)) == "CREATE_COMPLETE"
    good = service_of(driver)
    assert (good["runningCount"], [one["rolloutState"] for one in good["deployments"]]) == (1, ["COMPLETED"])
    assert driver.update(template(driver.name, word=None)) == "UPDATE_ROLLBACK_COMPLETE"
    assert f'Resource handler returned message: "{TRIGGERED}" (RequestToken: ' in driver.reasons()
    assert "HandlerErrorCode: GeneralServiceException)" in driver.reasons()
    assert ("Service", "UPDATE_FAILED") in driver.told()
    after = service_of(driver)
    assert (after["runningCount"], after["taskDefinition"]) == (1, good["taskDefinition"])
    assert [one["rolloutState"] for one in after["deployments"]] == ["COMPLETED"]
    failed, first = deployments_of(driver)
    assert (failed["status"], first["status"]) == ("ROLLBACK_SUCCESSFUL", "SUCCESSFUL")
    assert failed["deploymentCircuitBreaker"] == {"status": "TRIGGERED", "failureCount": 3, "threshold": 3}
    assert failed["finishedAt"] > failed["startedAt"]
    assert driver.update(template(driver.name, count=0)) == "UPDATE_COMPLETE"
    assert service_of(driver)["runningCount"] == 0


@pytest.mark.timeout(180)
def test_a_creation_whose_tasks_never_run_is_rolled_back_with_its_service(driver: StackDriver) -> None:
    assert driver.create(template(driver.name, word=None)) == "ROLLBACK_COMPLETE"
    assert TRIGGERED in driver.reasons()
    assert driver.told()[-7:] == [
        ("Service", "CREATE_FAILED"),
        ("Service", "DELETE_IN_PROGRESS"),
        ("Service", "DELETE_COMPLETE"),
        *[(name, status) for name in ("Definition", "Cluster") for status in ("DELETE_IN_PROGRESS", "DELETE_COMPLETE")],
    ]
    found = driver.aws.client("ecs").describe_clusters(clusters=[driver.name])["clusters"]
    assert [one["status"] for one in found] in ([], ["INACTIVE"])


@pytest.mark.timeout(180)
def test_a_health_command_that_the_image_lacks_fails_the_update(driver: StackDriver) -> None:
    assert driver.create(template(driver.name, health=["CMD", "true"])) == "CREATE_COMPLETE"
    assert driver.update(template(driver.name, health=["CMD", "not-in-the-image"])) == "UPDATE_ROLLBACK_COMPLETE"
    assert TRIGGERED in driver.reasons()
    assert service_of(driver)["runningCount"] == 1


@pytest.mark.timeout(180)
def test_an_update_that_waits_is_cancelled_at_once(driver: StackDriver) -> None:
    assert driver.create(template(driver.name)) == "CREATE_COMPLETE"
    text = json.dumps(template(driver.name, word=None, breaker=False))
    driver.client.update_stack(StackName=driver.name, TemplateBody=text)
    until(lambda: ("Service", "UPDATE_IN_PROGRESS") in driver.told())
    driver.client.cancel_update_stack(StackName=driver.name)
    assert driver.rest() == "UPDATE_ROLLBACK_COMPLETE"
    assert "Resource update cancelled" in driver.reasons()
    assert service_of(driver)["runningCount"] == 1


def test_without_a_circuit_breaker_the_wait_ends_as_the_option_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_docker()
    monkeypatch.setenv("LOCAL_AWS_SERVICE_WAIT", "2")
    with local_aws_in(tmp_path / "state") as aws:
        stack = StackDriver(aws, seconds=60)
        assert stack.create(template(stack.name, word=None, breaker=False)) == "ROLLBACK_COMPLETE"
        assert 'Resource handler returned message: "Exceeded attempts to wait" (RequestToken: ' in stack.reasons()
        assert "The local AWS waits 2 s (LOCAL_AWS_SERVICE_WAIT); AWS waits up to 3 hours. (service " in stack.reasons()
        # A process that ends while a stack waits leaves it to the next one.
        stack = StackDriver(aws, seconds=60)
        stack.client.create_stack(StackName=stack.name, TemplateBody=json.dumps(template(stack.name)))
        until(lambda: ("Service", "CREATE_IN_PROGRESS") in stack.told())
        began = time.monotonic()
        assert aws.run("stop").returncode == 0
        assert time.monotonic() - began < SECONDS_TO_STOP
        monkeypatch.setenv("LOCAL_AWS_SERVICE_WAIT", "60")
        aws.start_again()
        assert stack.rest() == "CREATE_COMPLETE"
        assert service_of(stack)["runningCount"] == 1


@pytest.mark.parametrize("value", ["", "soon", "0", "10801", "-1", "1.5"])
def test_a_wait_that_is_none_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("LOCAL_AWS_SERVICE_WAIT", value)
    started = run_local_aws("start", "--state", str(tmp_path / "state"), "--port", "1")
    assert started.returncode == 2
    assert f"found {value!r}; allowed is a number of seconds from 1 to 10800" in started.stderr
