"""The Amazon ECS deploy action: its file, its calls, and every way in which a deployment ends."""

import io
import json
import zipfile
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from local_aws.services.codepipeline.actions.ecs import LARGEST, POLL_SECONDS, EcsDeploy, image_definitions
from local_aws.services.codepipeline.engine.ports import ActionError, ActionResult
from local_aws.services.codepipeline.store.records import Location
from tests.local_aws.codepipeline.actions_context import ActionsContext
from tests.local_aws.codepipeline.harness import ACCOUNT, REGION

IMAGE = "registry/backend-flask@sha256:1234"
GOOD = json.dumps([{"name": "backend-flask", "imageUri": IMAGE}])
FAMILY = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/backend-flask"
ROLES = {"taskRoleArn": "arn:task", "executionRoleArn": "arn:execution"}
CONFIGURATION = {"ClusterName": "cruddur", "ServiceName": "backend-flask"}
BY_SERVICE = {"cluster": "cruddur", "services": ["backend-flask"]}


def archive(content: str = GOOD, name: str = "imagedefinitions.json") -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(name, content)
    return held.getvalue()


LOCATION = Location("artifacts", "cruddur-backend-farg/imageDefin/abc")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            archive(name="other.json"),
            "Did not find the image definition file imagedefinitions.json in the input artifacts",
        ),
        (archive(name="other.json"), "bucket: artifacts key: cruddur-backend-farg/imageDefin/abc"),
        (b"not a zip", "not a ZIP file"),
        (archive("{"), "contains invalid JSON format"),
        (archive("{}"), "is not a list"),
        (archive("[]"), "is not a list"),
        (archive('[{"name": "a"}]'), 'an entry without "name" or "imageUri"'),
        (archive(json.dumps([{"name": "a", "imageUri": "b"}] * 2)), "names the container a twice"),
        (archive(" " * (LARGEST + 1)), "at most 102400 are allowed"),
    ],
)
def test_an_image_definition_file_that_can_not_be(content: bytes, words: str) -> None:
    with pytest.raises(ActionError) as refused:
        image_definitions(io.BytesIO(content), "imagedefinitions.json", LOCATION)
    assert words in refused.value.message


def test_images_by_container() -> None:
    assert image_definitions(io.BytesIO(archive()), "imagedefinitions.json", LOCATION) == {"backend-flask": IMAGE}


def service(*deployments: Any, **members: Any) -> Any:
    told = [{"message": "(service backend-flask) was unable to place a task"}]
    declared = {"status": "ACTIVE", "taskDefinition": f"{FAMILY}:7", "deployments": list(deployments), "events": told}
    return {**declared, **members}


def deployment(state: str, identifier: str = "ecs-svc/8", status: str = "PRIMARY", running: int = 1) -> Any:
    counts = {"runningCount": running, "desiredCount": 1, "taskDefinition": f"{FAMILY}:8"}
    return {"id": identifier, "status": status, "rolloutState": state, **counts}


class Cluster:
    """ECS as a real botocore client sees it, with answers that a test lines up."""

    def __init__(self) -> None:
        session = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name=REGION)
        self.client = session.client("ecs")
        self.stubber = Stubber(self.client)
        self.stubber.activate()

    def described(self, *services: Any) -> None:
        for each in services:
            self.stubber.add_response("describe_services", {"services": [each] if each else []}, BY_SERVICE)

    def deploys(self) -> None:
        self.described(service(deployment("COMPLETED", "ecs-svc/7")))
        definition = {
            "family": "backend-flask",
            "taskDefinitionArn": f"{FAMILY}:7",
            "revision": 7,
            "status": "ACTIVE",
            "containerDefinitions": [
                {"name": "backend-flask", "image": "old", "cpu": 1},
                {"name": "side", "image": "s"},
            ],
            **ROLES,
        }
        answer = {"taskDefinition": definition, "tags": [{"key": "k", "value": "v"}]}
        asked = {"taskDefinition": f"{FAMILY}:7", "include": ["TAGS"]}
        self.stubber.add_response("describe_task_definition", answer, asked)
        registered = {
            "family": "backend-flask",
            "containerDefinitions": [
                {"name": "backend-flask", "image": IMAGE, "cpu": 1},
                {"name": "side", "image": "s"},
            ],
            "tags": [{"key": "k", "value": "v"}],
            **ROLES,
        }
        made = {"taskDefinition": {"taskDefinitionArn": f"{FAMILY}:8"}}
        self.stubber.add_response("register_task_definition", made, registered)
        update = {"cluster": "cruddur", "service": "backend-flask", "taskDefinition": f"{FAMILY}:8"}
        started = service(deployment("IN_PROGRESS", running=0), deployment("COMPLETED", "ecs-svc/7", "ACTIVE"))
        self.stubber.add_response("update_service", {"service": started}, update)

    def run(self, content: bytes | None = None, **changes: Any) -> tuple[ActionResult, ActionsContext]:
        outside = ActionsContext({"imageDefinition": content or archive()})
        resumed = changes.pop("resumed", None)
        handler = EcsDeploy(lambda _service, _credentials: self.client)
        result = handler.run(outside.context({**CONFIGURATION, **changes}, resumed=resumed))
        self.stubber.assert_no_pending_responses()
        return result, outside


MIXED = service(deployment("IN_PROGRESS"), deployment("COMPLETED", "ecs-svc/7", "ACTIVE"))
DONE = service(deployment("COMPLETED"), taskDefinition=f"{FAMILY}:8")


def test_a_deployment_registers_updates_and_waits_for_the_old_tasks_to_go() -> None:
    cluster = Cluster()
    cluster.deploys()
    draining = service(deployment("COMPLETED"), deployment("COMPLETED", "ecs-svc/7", "ACTIVE"))
    cluster.described(MIXED, draining, service(deployment("COMPLETED", running=0)), DONE)
    result, outside = cluster.run()
    assert (result.external_id, result.summary) == ("ecs-svc/8", "Deployment completed: backend-flask:8.")
    assert outside.reported[0].external_id == "ecs-svc/8"


@pytest.mark.parametrize(
    "then",
    [
        service(deployment("FAILED")),
        service(deployment("IN_PROGRESS", "ecs-svc/9"), deployment("IN_PROGRESS", status="ACTIVE")),
        service(deployment("COMPLETED", "ecs-svc/9")),
    ],
)
def test_a_deployment_that_is_given_up_or_replaced_fails_with_the_service_s_words(then: Any) -> None:
    cluster = Cluster()
    cluster.deploys()
    cluster.described(then)
    with pytest.raises(ActionError, match=r"ecs-svc/8 failed.*unable to place a task") as refused:
        cluster.run()
    assert refused.value.code == "JobFailed"


def test_a_deployment_past_its_time_fails() -> None:
    cluster = Cluster()
    cluster.deploys()
    cluster.described(*[MIXED] * int(60 / POLL_SECONDS + 1))
    with pytest.raises(ActionError, match="did not complete within 1 minutes") as refused:
        cluster.run(DeploymentTimeout="1")
    assert refused.value.code == "TimeoutError"


def test_an_interrupted_attempt_waits_on_for_its_deployment() -> None:
    cluster = Cluster()
    cluster.described(MIXED, DONE)
    assert cluster.run(resumed="ecs-svc/8")[0].external_id == "ecs-svc/8"


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([None], "The AWS ECS service backend-flask does not exist in cluster cruddur"),
        ([service(status="INACTIVE")], "does not exist"),
        ([service(deploymentController={"type": "CODE_DEPLOY"})], "deployment controller CODE_DEPLOY"),
    ],
)
def test_a_service_that_can_not_be_deployed_to(answers: list[Any], words: str) -> None:
    cluster = Cluster()
    cluster.described(*answers)
    with pytest.raises(ActionError, match=words):
        cluster.run()


def test_a_container_that_the_task_definition_lacks() -> None:
    cluster = Cluster()
    cluster.deploys()
    with pytest.raises(ActionError, match="The AWS ECS container web does not exist"):
        cluster.run(archive(json.dumps([{"name": "web", "imageUri": "x"}])))


def test_a_missing_right_fails_in_aws_s_words() -> None:
    cluster = Cluster()
    cluster.stubber.add_client_error("describe_services", "AccessDeniedException", "ecs:DescribeServices", 400)
    with pytest.raises(ActionError, match="does not have sufficient permissions to access ECS: ecs:Desc") as refused:
        cluster.run()
    assert refused.value.code == "PermissionError"


def test_a_timeout_that_can_not_be() -> None:
    with pytest.raises(ActionError, match="allowed are 1 to 60 minutes"):
        Cluster().run(DeploymentTimeout="61")
