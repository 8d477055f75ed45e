"""Deployments by CodeDeploy, driven by the AWS CLI, with clients that ask all the while."""

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from delivery.releases.model import rollouts
from local_aws.services.codepipeline.actions.code_deploy_to_ecs import CodeDeployToEcs
from local_aws.services.codepipeline.engine.clock import SystemClock
from tests.faults.code_deploy.service_stack import (
    AT_ONCE,
    CANARY,
    LINEAR,
    RIGHTS,
    CodeDeployService,
    app_spec,
    code_deploy_template,
)
from tests.faults.shifting_service import Clients
from tests.local_aws.cloudformation.stack_driver import StackDriver
from tests.local_aws.cloudformation.test_states import administrator
from tests.local_aws.codepipeline.actions_context import ActionsContext
from tests.local_aws.tasks.conftest import check_docker
from tests.local_aws.tasks.probe import BASE
from tests.local_aws_fixture import LocalAws, local_aws_in
from tests.support.waiting import until

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def quick_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """Start an embedded AWS whose minutes of a wait last two seconds."""
    check_docker()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOCAL_AWS_MINUTE", "2")
        with local_aws_in(tmp_path_factory.mktemp("codedeploy") / "state") as started:
            yield started


@contextmanager
def service(aws: LocalAws, routing: dict[str, Any], **more: Any) -> Iterator[CodeDeployService]:
    """Make the service in its first version; it is gone afterwards."""
    driver = StackDriver(aws, seconds=120)
    status = driver.create(code_deploy_template(driver.name, routing, **more), Capabilities=["CAPABILITY_IAM"])
    assert status == "CREATE_COMPLETE", driver.reasons()
    try:
        yield CodeDeployService(driver)
    finally:
        driver.client.delete_stack(StackName=driver.name)


@pytest.mark.parametrize(
    ("routing", "shares"),
    [(CANARY, [20.0]), (LINEAR, [40.0, 80.0]), (AT_ONCE, [])],
    ids=["canary", "linear", "at once"],
)
def test_code_deploy_shifts_traffic_and_no_request_fails(
    quick_aws: LocalAws, routing: dict[str, Any], shares: list[float]
) -> None:
    with service(quick_aws, routing, end_minutes=2) as made, Clients(made.address) as clients:
        for version in ("2", "3"):
            deployment = made.deploy(made.definition(version))
            for share in (*shares, 100.0):
                made.wait_for_share(deployment, share)
            assert len(made.ecs.list_tasks(cluster=made.stack.name)["taskArns"]) == 2, "the old task waits"
            made.wait_for(deployment, "Succeeded")
            assert clients.ask() == (200, version)
        events = {one["lifecycleEventName"]: one["status"] for one in made.target(deployment)["lifecycleEvents"]}
        shown = made.ecs.describe_services(cluster=made.stack.name, services=[made.stack.name])["services"][0]
        assert set(events.values()) == {"Succeeded"}
        assert shown["deployments"] == []
        assert [one["status"] for one in shown["taskSets"]] == ["PRIMARY"]
        assert shown["taskSets"][0]["externalId"] == deployment
        assert (
            made.ask("deploy", "get-deployment", "--deployment-id", deployment)["deploymentInfo"]["status"]
            == "Succeeded"
        )
    assert not clients.failures()


def test_aws_ecs_deploy_deploys_by_code_deploy(quick_aws: LocalAws, tmp_path: Path) -> None:
    definition, specification = tmp_path / "taskdef.json", tmp_path / "appspec.json"
    with service(quick_aws, AT_ONCE) as made, Clients(made.address) as clients:
        definition.write_text(json.dumps(made.revision("2")))
        specification.write_text(app_spec("what the command registers"))
        name = made.stack.name
        named = ("--codedeploy-application", name, "--codedeploy-deployment-group", name)
        files = ("--task-definition", str(definition), "--codedeploy-appspec", str(specification))
        code, said = made.refused("ecs", "deploy", "--cluster", name, "--service", name, *files, *named)
        assert (code, "Successfully deployed" in said) == (0, True), said
        assert clients.ask() == (200, "2")
    assert not clients.failures()


def test_the_pipeline_s_action_deploys_by_code_deploy(quick_aws: LocalAws) -> None:
    with service(quick_aws, CANARY) as made, Clients(made.address) as clients:
        definition = made.ecs.describe_task_definition(taskDefinition=made.stack.name)["taskDefinition"]
        told = {"VERSION": "2", "SICK": "no", "HEALTHY": "yes"}
        environment = [{"name": name, "value": value} for name, value in told.items()]
        container = {**definition["containerDefinitions"][0], "image": "<IMAGE>", "environment": environment}
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as archive:
            archive.writestr(
                "taskdef.json", json.dumps({**definition, "containerDefinitions": [container]}, default=str)
            )
            archive.writestr("appspec.yaml", app_spec("<TASK_DEFINITION>"))
            archive.writestr("imageDetail.json", json.dumps({"ImageURI": BASE}))
        outside = ActionsContext({"Baked": held.getvalue()})
        configuration = {
            "ApplicationName": made.stack.name,
            "DeploymentGroupName": made.stack.name,
            "TaskDefinitionTemplateArtifact": "Baked",
            "AppSpecTemplateArtifact": "Baked",
            "Image1ArtifactName": "Baked",
            "Image1ContainerName": "IMAGE",
        }
        action = CodeDeployToEcs(lambda name, _credentials: administrator(quick_aws, name))
        result = action.run(replace(outside.context(configuration), clock=SystemClock()))
        assert made.told(result.external_id)["status"] == "Succeeded"
        assert clients.ask() == (200, "2")
    assert not clients.failures()


def test_an_alarm_stops_a_deployment_which_another_rolls_back(quick_aws: LocalAws) -> None:
    with service(quick_aws, CANARY) as made, Clients(made.address) as clients:
        good = made.deploy(made.definition("2"))
        made.wait_for(good, "Succeeded")
        bad = made.deploy(made.definition("3", sick=True))
        until(lambda: (500, "3") in clients.got, "an answer of the sick revision")
        made.wait_for(bad, "Stopped")
        told = made.told(bad)
        assert told["errorInformation"]["code"] == "ALARM_ACTIVE"
        back = told["rollbackInfo"]["rollbackDeploymentId"]
        made.wait_for(back, "Succeeded")
        assert clients.ask() == (200, "2")
        told = made.told(back)
        assert told["creator"] == "codeDeployRollback"
        assert told["revision"] == made.told(good)["revision"]
    assert set(clients.failures()) == {(500, "3")}


def test_the_aws_cli_stops_a_deployment(quick_aws: LocalAws) -> None:
    slow = {**CANARY, "TimeBasedCanary": {"CanaryPercentage": 5, "CanaryInterval": 100}}
    with service(quick_aws, slow) as made, Clients(made.address) as clients:
        deployment = made.deploy(made.definition("2"))
        made.wait_for_share(deployment, 5.0)
        seen = rollouts.last(target_of(made))[0]
        assert (seen.status, seen.stage, seen.share) == ("IN_PROGRESS", "AllowTraffic", 5.0)
        named = ("--application-name", made.stack.name, "--deployment-group-name", made.stack.name)
        revision = json.dumps({"revisionType": "AppSpecContent", "appSpecContent": {"content": app_spec("x")}})
        _code, said = made.refused("deploy", "create-deployment", *named, "--revision", revision)
        assert f"already has an active Deployment '{deployment}'" in said
        words = ("deploy", "stop-deployment", "--deployment-id", deployment)
        made.ask(*words, "--auto-rollback-enabled")
        told = made.told(deployment)
        assert (told["status"], told["errorInformation"]["code"]) == ("Stopped", "MANUAL_STOP")
        assert "DeploymentAlreadyCompletedException" in made.refused(*words)[1]
        made.wait_for(told["rollbackInfo"]["rollbackDeploymentId"], "Succeeded")
        seen = rollouts.last(target_of(made))[-1]
        assert (seen.status, seen.reason) == ("ROLLBACK_SUCCESSFUL", "The deployment was stopped by a request.")
        assert clients.ask() == (200, "1")
    assert not clients.failures()


def target_of(made: CodeDeployService) -> Any:
    """Return what `make status` would read the service's roll-outs from."""
    pipeline = SimpleNamespace(cluster=made.stack.name, ecs_service=made.stack.name, deployment_group=made.stack.name)
    return SimpleNamespace(
        aws=SimpleNamespace(codedeploy=administrator(made.stack.aws, "codedeploy")), pipeline=pipeline
    )


def test_a_deployment_waits_for_continue_deployment(quick_aws: LocalAws) -> None:
    with service(quick_aws, AT_ONCE, ready_minutes=100, end_minutes=100) as made, Clients(made.address) as clients:
        deployment = made.deploy(made.definition("2"))
        made.wait_for(deployment, "Ready")
        assert clients.ask() == (200, "1"), "the new tasks get no request yet"
        words = ("deploy", "continue-deployment", "--deployment-id", deployment, "--deployment-wait-type")
        assert "DeploymentIsNotInReadyStateException" in made.refused(*words, "TERMINATION_WAIT")[1]
        made.ask(*words, "READY_WAIT")
        made.wait_for_share(deployment, 100.0)
        until(lambda: clients.ask() == (200, "2"), "the new revision")
        made.ask(*words, "TERMINATION_WAIT")
        made.wait_for(deployment, "Succeeded")
    assert not clients.failures()


def test_what_a_role_or_a_revision_lacks_is_told(quick_aws: LocalAws) -> None:
    lacking = [action for action in RIGHTS if not action.endswith("ModifyRule")]
    with service(quick_aws, AT_ONCE, rights=lacking) as made:
        deployment = made.deploy(made.definition("2"))
        made.wait_for(deployment, "Failed")
        error = made.told(deployment)["errorInformation"]
        assert error["code"] == "IAM_ROLE_PERMISSIONS"
        assert "is not authorized to perform: elasticloadbalancing:ModifyRule" in error["message"]
        missing = made.deploy(f"{made.stack.name}:77")
        made.wait_for(missing, "Failed")
        assert "Unable to find task definition" in made.told(missing)["errorInformation"]["message"]
        named = ("--cluster", made.stack.name, "--service", made.stack.name)
        words = ("ecs", "update-service", *named)
        said = made.refused(*words, "--task-definition", made.definition("2"))[1]
        assert "Unable to update task definition on services with a CODE_DEPLOY deployment controller" in said
        made.ask(*words, "--desired-count", "2")
        body = code_deploy_template(made.stack.name, AT_ONCE, rights=RIGHTS, end_minutes=2)
        assert made.stack.update(body, Capabilities=["CAPABILITY_IAM"]) == "UPDATE_COMPLETE", made.stack.reasons()


def test_a_revision_lies_in_s3_and_a_deployment_goes_on_after_a_kill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_docker()
    monkeypatch.setenv("LOCAL_AWS_MINUTE", "4")
    with local_aws_in(tmp_path / "state") as aws, service(aws, CANARY) as made:
        definition = made.definition("2")
        s3 = administrator(aws, "s3")
        s3.create_bucket(Bucket=made.stack.name, CreateBucketConfiguration={"LocationConstraint": aws.region})
        s3.put_object(Bucket=made.stack.name, Key="spec", Body=app_spec(definition).encode())
        location = f"bucket={made.stack.name},key=spec,bundleType=JSON"
        named = ("--application-name", made.stack.name, "--deployment-group-name", made.stack.name)
        deployment = made.ask("deploy", "create-deployment", *named, "--s3-location", location)["deploymentId"]
        made.wait_for_share(deployment, 20.0)
        aws.kill()
        aws.start_again()
        made.wait_for(deployment, "Succeeded")
