"""CodeDeploy without a container: what it refuses, and deployments to a service that wants no tasks."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from delivery.releases.model import rollouts
from local_aws.services.codedeploy import revisions
from tests.faults.code_deploy.service_stack import AT_ONCE, CodeDeployService, app_spec, code_deploy_template
from tests.local_aws.cloudformation.stack_driver import StackDriver
from tests.local_aws.cloudformation.test_states import administrator
from tests.local_aws_fixture import LocalAws
from tests.support.waiting import until

HOOK = """
import os
import boto3
def handler(event, context):
    boto3.client("codedeploy", endpoint_url=os.environ["AWS_ENDPOINT_URL"]).put_lifecycle_event_hook_execution_status(
        deploymentId=event["DeploymentId"],
        lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
        status=os.environ["STATUS"],
    )
"""


def functions(name: str) -> dict[str, Any]:
    """Return two hooks, of which one says that all is well."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    allowed = {"Effect": "Allow", "Action": "codedeploy:PutLifecycleEventHookExecutionStatus", "Resource": "*"}
    role = {
        "AssumeRolePolicyDocument": {"Statement": [trust]},
        "Policies": [{"PolicyName": "answer", "PolicyDocument": {"Statement": [allowed]}}],
    }
    made: dict[str, Any] = {"HookRole": {"Type": "AWS::IAM::Role", "Properties": role}}
    for word, status in (("good", "Succeeded"), ("bad", "Failed")):
        properties = {
            "FunctionName": f"{name}-{word}",
            "Runtime": "python3.12",
            "Handler": "index.handler",
            "Code": {"ZipFile": HOOK},
            "Environment": {"Variables": {"STATUS": status}},
            "Role": {"Fn::GetAtt": ["HookRole", "Arn"]},
            "Timeout": 20,
        }
        made[f"Hook{word.title()}"] = {"Type": "AWS::Lambda::Function", "Properties": properties}
    return made


@pytest.fixture(scope="module")
def made(local_aws: LocalAws) -> Iterator[CodeDeployService]:
    driver = StackDriver(local_aws, seconds=60)
    template = code_deploy_template(driver.name, AT_ONCE, end_minutes=0)
    template["Resources"]["Service"]["Properties"]["DesiredCount"] = 0
    template["Resources"] |= functions(driver.name)
    assert driver.create(template, Capabilities=["CAPABILITY_IAM"]) == "CREATE_COMPLETE", driver.reasons()
    yield CodeDeployService(driver)
    driver.client.delete_stack(StackName=driver.name)


@pytest.fixture
def deploy(made: CodeDeployService) -> Any:
    return administrator(made.stack.aws, "codedeploy")


def last(made: CodeDeployService, deploy: Any) -> Any:
    """Return the last roll-out as `make status` reads it."""
    pipeline = SimpleNamespace(cluster=made.stack.name, ecs_service=made.stack.name, deployment_group=made.stack.name)
    return rollouts.last(SimpleNamespace(aws=SimpleNamespace(codedeploy=deploy), pipeline=pipeline))[0]  # type: ignore[arg-type]


def begin(made: CodeDeployService, deploy: Any, content: str) -> str:
    revision = {"revisionType": "AppSpecContent", "appSpecContent": {"content": content}}
    named = {"applicationName": made.stack.name, "deploymentGroupName": made.stack.name}
    return str(deploy.create_deployment(**named, revision=revision)["deploymentId"])


def test_a_service_of_no_tasks_gets_its_revision(made: CodeDeployService, deploy: Any) -> None:
    definition = made.definition("2")
    deployment = begin(made, deploy, app_spec(definition))
    until(lambda: made.told(deployment)["status"] == "Succeeded", "the deployment")
    (service,) = made.ecs.describe_services(cluster=made.stack.name, services=[made.stack.name])["services"]
    assert service["deploymentController"] == {"type": "CODE_DEPLOY"}
    assert (service["taskDefinition"], service["deployments"]) == (definition, [])
    seen = last(made, deploy)
    assert (seen.status, seen.arn) == ("SUCCESSFUL", deployment)
    group = deploy.get_deployment_group(applicationName=made.stack.name, deploymentGroupName=made.stack.name)
    assert group["deploymentGroupInfo"]["lastSuccessfulDeployment"]["deploymentId"] == deployment
    assert deploy.list_deployments(includeOnlyStatuses=["Succeeded"])["deployments"][0] == deployment


def hooked(made: CodeDeployService, deploy: Any, hooks: dict[str, str]) -> Any:
    """Deploy with hooks; return the deployment when it has ended."""
    spec = {**json.loads(app_spec(made.definition("3"))), "Hooks": [{event: name} for event, name in hooks.items()]}
    deployment = begin(made, deploy, json.dumps(spec))
    until(lambda: made.told(deployment)["status"] in {"Failed", "Succeeded"}, "the end")
    return made.told(deployment)


def test_hooks_are_asked_before_and_after_the_traffic_is_shifted(made: CodeDeployService, deploy: Any) -> None:
    good = f"{made.stack.name}-good"
    told = hooked(made, deploy, {"BeforeInstall": good, "AfterInstall": good, "AfterAllowTraffic": good})
    assert told["status"] == "Succeeded", told
    events = {one["lifecycleEventName"]: one["status"] for one in made.target(told["deploymentId"])["lifecycleEvents"]}
    assert set(events.values()) == {"Succeeded"}
    answered = {"deploymentId": told["deploymentId"], "lifecycleEventHookExecutionId": "x", "status": "Succeeded"}
    with pytest.raises(ClientError, match="InvalidLifecycleEventHookExecutionIdException"):
        deploy.put_lifecycle_event_hook_execution_status(**answered)


@pytest.mark.parametrize(
    ("event", "name", "words"),
    [
        ("BeforeInstall", "bad", "failed: it answered so"),
        ("AfterInstall", "bad", "failed: it answered so"),
        ("BeforeAllowTraffic", "none", "not found"),
    ],
)
def test_a_hook_that_fails_ends_the_deployment(
    made: CodeDeployService, deploy: Any, event: str, name: str, words: str
) -> None:
    told = hooked(made, deploy, {event: f"{made.stack.name}-{name}"})
    assert (told["status"], told["errorInformation"]["code"]) == ("Failed", "HOOK_EXECUTION_FAILURE")
    assert words in told["errorInformation"]["message"]
    if event != "BeforeInstall":
        back = told["rollbackInfo"]["rollbackDeploymentId"]
        until(lambda: made.told(back)["status"] == "Succeeded", "the roll-back")
        assert last(made, deploy).status == "ROLLBACK_SUCCESSFUL"


@pytest.mark.parametrize(
    ("operation", "members", "code"),
    [
        ("create_application", {"applicationName": "x"}, "InvalidComputePlatformException"),
        ("get_application", {"applicationName": "x"}, "ApplicationDoesNotExistException"),
        ("get_deployment", {"deploymentId": "d-1"}, "DeploymentDoesNotExistException"),
        ("get_deployment", {"deploymentId": "1"}, "InvalidDeploymentIdException"),
        ("get_deployment_config", {"deploymentConfigName": "x"}, "DeploymentConfigDoesNotExistException"),
        (
            "create_deployment_config",
            {
                "deploymentConfigName": "x",
                "computePlatform": "ECS",
                "trafficRoutingConfig": {"type": "TimeBasedCanary", "timeBasedCanary": {"canaryPercentage": 100}},
            },
            "InvalidTrafficRoutingConfigurationException",
        ),
        ("delete_deployment_config", {"deploymentConfigName": "CodeDeployDefault.ECSAllAtOnce"}, "InvalidOperationEx"),
    ],
)
def test_what_is_refused(deploy: Any, operation: str, members: dict[str, Any], code: str) -> None:
    with pytest.raises(ClientError, match=code):
        getattr(deploy, operation)(**members)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"deploymentStyle": {"deploymentType": "IN_PLACE"}}, "BLUE_GREEN"),
        ({"ecsServices": []}, "one ECS service"),
        ({"loadBalancerInfo": {}}, "one pair of two different target groups"),
        ({"blueGreenDeploymentConfiguration": {}}, "must be specified"),
        ({"deploymentConfigName": "x"}, "No Deployment Configuration found"),
    ],
)
def test_a_group_that_can_not_be(made: CodeDeployService, deploy: Any, change: dict[str, Any], words: str) -> None:
    named = {"applicationName": made.stack.name, "currentDeploymentGroupName": made.stack.name}
    with pytest.raises(ClientError, match=words):
        deploy.update_deployment_group(**named, **change)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [", "not YAML or JSON"),
        ("Resources: []", "must have one resource"),
        ("Resources: [It: {Type: AWS::Lambda::Function}]", "must be of type AWS::ECS::Service"),
        ("Resources: [It: {Type: AWS::ECS::Service, Properties: {TaskDefinition: x}}]", "ContainerPort"),
    ],
)
def test_an_app_spec_that_can_not_be(text: str, words: str) -> None:
    with pytest.raises(revisions.AppSpecError, match=words):
        revisions.read(text)


def test_a_service_is_not_given_to_code_deploy(made: CodeDeployService) -> None:
    words = {"cluster": made.stack.name, "service": made.stack.name}
    template = code_deploy_template(made.stack.name, AT_ONCE, end_minutes=0)
    template["Resources"] |= functions(made.stack.name)
    service_of_template = template["Resources"]["Service"]["Properties"]
    capabilities = {"Capabilities": ["CAPABILITY_IAM"]}
    service_of_template |= {"DesiredCount": 0, "PlatformVersion": "1.4.0"}
    assert made.stack.update(template, **capabilities) == "UPDATE_ROLLBACK_COMPLETE"
    assert "UpdateService error: Unable to update platform version on services with a CODE" in made.stack.reasons()
    del service_of_template["PlatformVersion"]
    service_of_template["DeploymentController"] = {"Type": "ECS"}
    assert made.stack.update(template, **capabilities) == "UPDATE_COMPLETE", made.stack.reasons()
    (service,) = made.ecs.describe_services(cluster=made.stack.name, services=[made.stack.name])["services"]
    assert service["deploymentController"] == {"type": "ECS"}
    assert len(service["deployments"]) == 1
    service_of_template["DeploymentController"] = {"Type": "CODE_DEPLOY"}
    assert made.stack.update(template, **capabilities) == "UPDATE_ROLLBACK_COMPLETE"
    assert "A service with the deployment controller ECS can't be given CODE_DEPLOY" in made.stack.reasons()
    with pytest.raises(ClientError, match="can't be given CODE_DEPLOY: make a new service"):
        made.ecs.update_service(**words, deploymentController={"type": "CODE_DEPLOY"})
