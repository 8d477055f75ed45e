"""The action CodeDeployToECS: its files, its calls, and every way in which a deployment ends."""

import hashlib
import io
import json
import zipfile
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from local_aws.services.codepipeline.actions.code_deploy_to_ecs import CodeDeployToEcs
from local_aws.services.codepipeline.engine.ports import ActionError, ActionResult
from tests.local_aws.codepipeline.actions_context import ActionsContext
from tests.local_aws.codepipeline.harness import ACCOUNT, REGION

IMAGE = "registry/web@sha256:1234"
ARN = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/web:8"
TASK = {"family": "web", "containerDefinitions": [{"name": "web", "image": "<IMAGE1_NAME>"}], "revision": 7}
APP_SPEC = "Resources: [It: {Type: AWS::ECS::Service, Properties: {TaskDefinition: <TASK_DEFINITION>}}]\n"
CONFIGURATION = {
    "ApplicationName": "web",
    "DeploymentGroupName": "web-group",
    "TaskDefinitionTemplateArtifact": "Baked",
    "AppSpecTemplateArtifact": "Baked",
    "Image1ArtifactName": "Baked",
    "Image1ContainerName": "IMAGE1_NAME",
}
FILES = {
    "taskdef.json": json.dumps(TASK),
    "appspec.yaml": APP_SPEC,
    "imageDetail.json": json.dumps({"ImageURI": IMAGE}),
}


def archive(**changes: str | None) -> bytes:
    """Make the artifact; ``changes`` are other texts by file, ``None`` for a file that is not there."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as opened:
        for name, text in {**FILES, **changes}.items():
            if text is not None:
                opened.writestr(name, text)
    return held.getvalue()


class Aws:
    """ECS and CodeDeploy as real botocore clients see them, with answers that a test lines up."""

    def __init__(self) -> None:
        session = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name=REGION)
        self.clients = {name: session.client(name) for name in ("ecs", "codedeploy")}
        self.stubbers = {name: Stubber(client) for name, client in self.clients.items()}
        for stubber in self.stubbers.values():
            stubber.activate()
        self.deploy = self.stubbers["codedeploy"]

    def begins(self) -> None:
        """Line up all until the deployment has begun."""
        members = {"family": "web", "containerDefinitions": [{"name": "web", "image": IMAGE}]}
        made = {"taskDefinition": {"taskDefinitionArn": ARN}}
        self.stubbers["ecs"].add_response("register_task_definition", made, members)
        content = APP_SPEC.replace("<TASK_DEFINITION>", ARN)
        digest = hashlib.sha256(content.encode()).hexdigest()
        revision = {"revisionType": "AppSpecContent", "appSpecContent": {"content": content, "sha256": digest}}
        named = {"applicationName": "web"}
        self.deploy.add_response("get_application", {"application": {}}, named)
        self.deploy.add_response("register_application_revision", {}, {**named, "revision": revision})
        self.deploy.add_response("get_application_revision", {"revision": revision}, {**named, "revision": revision})
        told = "Pipeline cruddur-backend-fargate, execution e"
        asked = {**named, "deploymentGroupName": "web-group", "revision": revision, "description": told}
        self.deploy.add_response("create_deployment", {"deploymentId": "d-1"}, asked)

    def tells(self, *statuses: str, **more: Any) -> None:
        """Line up what GetDeployment tells, one after the other; ``more`` are members of the last."""
        for number, status in enumerate(statuses):
            last = more if number == len(statuses) - 1 else {}
            info = {"status": status, "deploymentConfigName": "c", **last}
            self.deploy.add_response("get_deployment", {"deploymentInfo": info}, {"deploymentId": "d-1"})
            if not number:
                self.deploy.add_response("get_deployment_config", {}, {"deploymentConfigName": "c"})

    def run(
        self, content: bytes | None = None, resumed: str | None = None, **changes: str
    ) -> tuple[ActionResult, ActionsContext]:
        """Run the action; all that was lined up must have been asked for."""
        outside = ActionsContext({"Baked": content or archive()})
        handler = CodeDeployToEcs(lambda service, _credentials: self.clients[service])
        result = handler.run(outside.context({**CONFIGURATION, **changes}, resumed=resumed))
        for stubber in self.stubbers.values():
            stubber.assert_no_pending_responses()
        return result, outside


def test_the_images_of_the_build_are_registered_and_deployed() -> None:
    aws = Aws()
    aws.begins()
    aws.tells("Created", "InProgress", "Succeeded")
    result, outside = aws.run()
    assert (result.external_id, result.summary) == ("d-1", "Deployment d-1 succeeded")
    assert outside.reported[0].external_id == "d-1"


def test_a_deployment_that_fails_tells_why_and_what_takes_it_back() -> None:
    aws = Aws()
    aws.begins()
    error = {"code": "ALARM_ACTIVE", "message": "An alarm rang."}
    aws.tells("InProgress", "Stopped", errorInformation=error, rollbackInfo={"rollbackDeploymentId": "d-2"})
    with pytest.raises(ActionError) as failed:
        aws.run()
    assert failed.value.code == "JobFailed"
    assert failed.value.message == (
        "Deployment d-1 stopped: An alarm rang. (Error code: ALARM_ACTIVE) It is rolled back by deployment d-2."
    )


def test_an_interrupted_attempt_waits_on_for_its_deployment() -> None:
    aws = Aws()
    aws.tells("InProgress", "Succeeded")
    assert aws.run(resumed="d-1")[0].external_id == "d-1"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"taskdef.json": None}, "Unable to read taskdef.json from the artifact Baked"),
        ({"taskdef.json": '{"image": "<IMAGE1_NAME>"'}, "is not valid JSON"),
        ({"taskdef.json": '["<IMAGE1_NAME>"]'}, "is not a JSON object"),
        ({"taskdef.json": "{}"}, "has no placeholder <IMAGE1_NAME>"),
        ({"imageDetail.json": "{}"}, "imageDetail.json has no ImageURI"),
        ({"imageDetail.json": "{"}, "imageDetail.json is not valid JSON"),
    ],
)
def test_files_that_can_not_be_deployed(changes: dict[str, str | None], words: str) -> None:
    with pytest.raises(ActionError) as refused:
        Aws().run(archive(**changes))
    assert refused.value.code == "ConfigurationError"
    assert words in refused.value.message


def test_a_template_that_is_no_task_definition() -> None:
    aws = Aws()
    aws.stubbers["ecs"].deactivate()
    with pytest.raises(ActionError, match="task definition template is wrong: Parameter validation failed"):
        aws.run(archive(**{"taskdef.json": '{"family": 1, "containerDefinitions": "<IMAGE1_NAME>"}'}))


def test_artifacts_that_are_no_inputs_or_no_archives() -> None:
    with pytest.raises(ActionError, match="The artifact Other is not one of the inputs: Baked"):
        Aws().run(TaskDefinitionTemplateArtifact="Other")
    with pytest.raises(ActionError, match=r"Unable to read taskdef\.json .* bucket artifacts key in/Baked"):
        Aws().run(b"no zip")
    with pytest.raises(ActionError, match="at most 3145728 are allowed"):
        Aws().run(b" " * (3 * 1024 * 1024 + 1))


@pytest.mark.parametrize(
    ("code", "kind"), [("AccessDeniedException", "PermissionError"), ("ClientException", "ConfigurationError")]
)
def test_what_ecs_refuses(code: str, kind: str) -> None:
    aws = Aws()
    aws.stubbers["ecs"].add_client_error("register_task_definition", code, "not so", 400)
    with pytest.raises(ActionError, match="RegisterTaskDefinition: not so") as refused:
        aws.run()
    assert refused.value.code == kind
