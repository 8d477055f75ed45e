"""A roll-out that goes on: its stage, its share of the traffic, and a pause that a person answers."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

import pytest

from tests.delivery.project import Project
from tests.delivery.proxy import Proxy, in_front_of
from tests.delivery.releases.release_project import PASSING, ReleaseProject
from tests.local_aws_fixture import LocalAws

ARN = "arn:aws:ecs:ca-central-1:000000000000:service-deployment/shop/web/1"
IMAGE = "registry.example/web@sha256:" + "a" * 64
EXPIRES = time.time() + 3600


ROLLING = {"deploymentConfiguration": {"strategy": "ROLLING"}, "lifecycleStage": "BAKE_TIME"}


def rollout(*, paused: bool) -> dict[str, Any]:
    """Return what ECS tells of a canary that a tenth of the requests goes to."""
    hook = {"hookId": "hook-1", "targetType": "PAUSE", "expiresAt": EXPIRES, "timeoutAction": "ROLLBACK"}
    return {
        "serviceDeploymentArn": ARN,
        "status": "IN_PROGRESS",
        "createdAt": time.time(),
        "startedAt": time.time(),
        "lifecycleStage": "POST_PRODUCTION_TRAFFIC_SHIFT",
        "deploymentConfiguration": {"strategy": "CANARY"},
        "targetServiceRevision": {"requestedProductionTrafficWeight": 10.0},
        "lifecycleHookDetails": [{**hook, "status": "AWAITING_ACTION" if paused else "SUCCEEDED"}],
    }


def still_deploying(action: str, body: str) -> str:
    """Have the last execution be in its deployment."""
    answer = json.loads(body)
    if action == "GetPipelineExecution":
        answer["pipelineExecution"]["status"] = "InProgress"
    if action == "ListActionExecutions":
        for one in answer["actionExecutionDetails"]:
            one["status"] = "InProgress" if one["actionName"] == "Deploy" else one["status"]
    return json.dumps(answer)


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory, local_aws: LocalAws) -> ReleaseProject:
    """Return a release to a service that wants no tasks, so that no container engine is needed."""
    releases = ReleaseProject(Project(tmp_path_factory.mktemp("rollout"), local_aws))
    releases.commit(PASSING)
    releases.deploy(service={})
    releases.commit_image(IMAGE)
    assert releases.run("release").code == 0
    return releases


@contextmanager
def going_on(
    releases: ReleaseProject,
    *,
    paused: bool,
    answered: tuple[int, str] | None = None,
    by_release: bool = True,
    more: Mapping[str, object] = MappingProxyType({}),
) -> Iterator[Proxy]:
    found = json.dumps({"serviceDeployments": [{**rollout(paused=paused), **more}]})
    answers = {"ListServiceDeployments": found, "DescribeServiceDeployments": found}
    address = releases.project.settings["endpoint_url"]

    def rule(action: str) -> tuple[int, str] | None:
        if action == "ContinueServiceDeployment":
            return answered or (200, json.dumps({"serviceDeploymentArn": ARN}))
        return (200, answers[action]) if action in answers else None

    def alter(action: str, body: str) -> str:
        changes = by_release and action in ("GetPipelineExecution", "ListActionExecutions")
        return still_deploying(action, body) if changes else body

    with in_front_of(releases.project, rule, alter) as proxy:
        releases.project.settings["endpoint_url"] = proxy.address
        try:
            yield proxy
        finally:
            releases.project.settings["endpoint_url"] = address


def test_its_stage_and_share_are_told(deployed: ReleaseProject) -> None:
    execution = deployed.executions()[0]["pipelineExecutionId"]
    with going_on(deployed, paused=False):
        followed = deployed.run("release", "--follow", execution, "--wait-minutes", "0.03")

    assert "Roll-out: post production traffic shift, 10 % of the requests." in followed.out
    assert followed.out.count("Roll-out: ") == 1


def test_a_rolling_one_that_bakes_is_told_without_a_share(deployed: ReleaseProject) -> None:
    execution = deployed.executions()[0]["pipelineExecutionId"]
    with going_on(deployed, paused=False, more=ROLLING):
        followed = deployed.run("release", "--follow", execution, "--wait-minutes", "0.03")

    assert followed.out.count("Roll-out: bake time.") == 1


def test_a_pause_is_told_with_what_answers_it(deployed: ReleaseProject) -> None:
    execution = deployed.executions()[0]["pipelineExecutionId"]
    with going_on(deployed, paused=True):
        status = deployed.run("status")

    assert (
        "The roll-out waits for a person (post production traffic shift, 10 % of the requests): `bin/app" in status.out
    )
    assert f"--execution {execution} --reject`; at " in status.out
    assert " it is rolled back." in status.out


def test_so_is_one_that_no_release_began(deployed: ReleaseProject) -> None:
    with going_on(deployed, paused=True, by_release=False):
        status = deployed.run("status")

    assert "  last      in progress (POST_PRODUCTION_TRAFFIC_SHIFT), the new revision has 10 % of the" in status.out
    assert "\n            it waits for a person: `bin/approve --environment" in status.out


@pytest.mark.parametrize(("words", "outcome"), [((), "goes on"), (("--reject",), "is rolled back")])
def test_a_pause_is_answered(deployed: ReleaseProject, words: tuple[str, ...], outcome: str) -> None:
    with going_on(deployed, paused=True) as proxy:
        done = deployed.run("approve", *words)

    assert done.code == 0, done.err
    assert done.out.startswith(f"The roll-out of web {outcome}; see `bin/status ")
    assert proxy.actions.count("ContinueServiceDeployment") == 1


def test_a_pause_that_is_over_can_not_be_answered(deployed: ReleaseProject) -> None:
    refusal = json.dumps({"__type": "InvalidParameterException", "message": "No lifecycle hook awaits an action."})
    with going_on(deployed, paused=True, answered=(400, refusal)):
        done = deployed.run("approve")

    assert done.code == 2
    assert done.err.startswith("The roll-out can't be answered: No lifecycle hook awaits an action; see `bin/status ")


def test_the_service_is_not_changed_while_its_requests_are_shifted(deployed: ReleaseProject) -> None:
    path = deployed.project.folder / "build" / "all.json"
    kept = path.read_text()
    template = json.loads(kept)
    (service,) = (one for one in template["Resources"].values() if one["Type"] == "AWS::ECS::Service")
    service["Properties"]["HealthCheckGracePeriodSeconds"] = 77
    path.write_text(json.dumps(template))
    try:
        with going_on(deployed, paused=False):
            refused = deployed.project.deploy()
        with going_on(deployed, paused=False, more=ROLLING):
            changed = deployed.project.deploy()
    finally:
        path.write_text(kept)

    assert refused.code == 2
    assert "would change while a roll-out of web shifts its requests (post production traffic shift, 10 % of the" in (
        refused.err
    )
    assert changed.code == 0, "where ECS shifts none, CloudFormation may"
