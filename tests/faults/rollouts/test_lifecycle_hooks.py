"""Lifecycle hooks that are Lambda functions: what they are asked, as whom, and what comes of their answers."""

from pathlib import Path
from typing import Any

import pytest

from tests.faults.shifting_service import Clients, ShiftingService, awaiting, service, updating
from tests.local_aws.iam.asking import calls
from tests.local_aws.tasks.conftest import check_docker
from tests.local_aws_fixture import LocalAws, local_aws_in
from tests.support.waiting import until

pytestmark = pytest.mark.timeout(240)
CODE = """
import json
def handler(event, context):
    print(json.dumps(event))
    details = event["hookDetails"]
    asked = details.get("asked", 0) + 1
    if asked < details["times"]:
        return {"hookStatus": "IN_PROGRESS", "callBackDelay": 30, "hookDetails": {"asked": asked}}
    return {"hookStatus": details["answer"]} if details["answer"] else None
"""
BLUE_GREEN = {"Strategy": "BLUE_GREEN", "BakeTimeInMinutes": 0}
BEFORE_TASKS = "PRE_SCALE_UP"


def resources(name: str) -> dict[str, Any]:
    """Make a function of that name, and the role under which ECS invokes it."""

    def role(principal: str, allowed: list[dict[str, Any]]) -> dict[str, Any]:
        trust = {"Effect": "Allow", "Principal": {"Service": principal}, "Action": "sts:AssumeRole"}
        policies = [{"PolicyName": "work", "PolicyDocument": {"Statement": allowed}}] if allowed else []
        properties = {"AssumeRolePolicyDocument": {"Statement": [trust]}, "Policies": policies}
        return {"Type": "AWS::IAM::Role", "Properties": properties}

    invoke = {"Sid": "Ask", "Effect": "Allow", "Action": "lambda:InvokeFunction"}
    function = {
        "FunctionName": name,
        "Runtime": "python3.12",
        "Handler": "index.handler",
        "Code": {"ZipFile": CODE},
        "Role": {"Fn::GetAtt": ["FunctionRole", "Arn"]},
    }
    return {
        "FunctionRole": role("lambda.amazonaws.com", []),
        "Function": {"Type": "AWS::Lambda::Function", "Properties": function},
        "HookRole": role("ecs.amazonaws.com", [{**invoke, "Resource": {"Fn::GetAtt": ["Function", "Arn"]}}]),
    }


def hook(*stages: str, answer: str = "SUCCEEDED", times: int = 1, **more: Any) -> dict[str, Any]:
    """Make a hook whose function gives that answer once it is asked for so many times."""
    return {
        "HookTargetArn": {"Fn::GetAtt": ["Function", "Arn"]},
        "RoleArn": {"Fn::GetAtt": ["HookRole", "Arn"]},
        "LifecycleStages": list(stages),
        "HookDetails": {"answer": answer, "times": times},
        **more,
    }


def with_hooks(*hooks: dict[str, Any]) -> dict[str, Any]:
    return {**BLUE_GREEN, "LifecycleHooks": list(hooks)}


def asked(made: ShiftingService) -> list[Any]:
    """Return the decisions on the invocations under the role of the service's hooks."""
    return [
        call
        for call in calls(made.stack.aws)
        if call["action"] == "lambda:InvokeFunction" and call["resources"][0].endswith(f":{made.stack.name}")
    ]


def test_functions_are_asked_at_their_stages_and_let_a_deployment_go_on(quick_aws: LocalAws) -> None:
    stages = (BEFORE_TASKS, "POST_SCALE_UP", "TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT")
    pause = {"TargetType": "PAUSE", "LifecycleStages": [BEFORE_TASKS]}
    configuration = with_hooks(hook(*stages, times=2), hook("POST_SCALE_UP"), pause)
    with service(quick_aws, BLUE_GREEN, more=resources) as made, Clients(made.address) as clients:
        with updating(made, configuration, "2", more=resources) as ended:
            made.wait_for(BEFORE_TASKS, 0.0)
            waiting = awaiting(made)
            assert len(made.ecs.list_tasks(cluster=made.stack.name)["taskArns"]) == 1, "no new task has started"
            arn = made.newest()["serviceDeploymentArn"]
            made.ecs.continue_service_deployment(serviceDeploymentArn=arn, hookId=waiting["hookId"])
        assert ended.result() == "UPDATE_COMPLETE", made.stack.reasons()
        assert clients.ask() == (200, "2")
        found = made.newest()
        made_calls = asked(made)
        events = made.stack.aws.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{made.stack.name}")[
            "events"
        ]
    assert len(made_calls) == 2 * len(stages) + 1
    assert {call["statements"][0]["sid"] for call in made_calls} == {"Ask"}
    assert {call["principal"].partition(":role/")[2].partition("-")[0] for call in made_calls} == {made.stack.name}
    details = found["lifecycleHookDetails"]
    assert {one["status"] for one in details} == {"SUCCEEDED"}
    assert {one.get("targetArn") for one in details} == {made_calls[0]["resources"][0], None}
    assert sum('"lifecycleStage": "TEST_TRAFFIC_SHIFT"' in event["message"] for event in events) == 2
    assert sum(found["serviceDeploymentArn"] in event["message"] for event in events) == len(made_calls)
    assert not clients.failures()


@pytest.mark.parametrize(
    ("refusing", "words"),
    [
        (hook(BEFORE_TASKS, answer="FAILED"), "a lifecycle hook at PRE_SCALE_UP: its function answered FAILED"),
        (hook("POST_PRODUCTION_TRAFFIC_SHIFT", answer=""), "its function answered None, in place of a hookStatus"),
        (
            hook("POST_SCALE_UP", times=99, TimeoutConfiguration={"TimeoutInMinutes": 1, "Action": "ROLLBACK"}),
            "a lifecycle hook at POST_SCALE_UP that timed out",
        ),
        (
            hook("POST_SCALE_UP", RoleArn="arn:aws:iam::000000000000:role/nobody"),
            "its role can't be assumed: User: ecs.amazonaws.com is not authorized to perform: sts:AssumeRole",
        ),
    ],
    ids=["failed", "no answer", "late", "no role"],
)
def test_any_other_end_of_a_function_rolls_back(quick_aws: LocalAws, refusing: dict[str, Any], words: str) -> None:
    with service(quick_aws, BLUE_GREEN, more=resources) as made, Clients(made.address) as clients:
        with updating(made, with_hooks(hook("POST_SCALE_UP"), refusing), "2", more=resources) as ended:
            pass
        assert ended.result() == "UPDATE_ROLLBACK_COMPLETE"
        assert words in made.stack.reasons()
        assert clients.ask() == (200, "1")
    assert not clients.failures()


def test_a_function_that_was_asked_before_a_kill_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_docker()
    monkeypatch.setenv("LOCAL_AWS_MINUTE", "4")
    configuration = with_hooks(hook(BEFORE_TASKS, "POST_SCALE_UP", times=3))
    with local_aws_in(tmp_path / "state") as aws, service(aws, configuration, more=resources) as made:
        known = made.ecs.describe_services(cluster=made.stack.name, services=[made.stack.name])["services"][0]
        made.ecs.update_service(
            cluster=made.stack.name,
            service=made.stack.name,
            taskDefinition=known["taskDefinition"],
            forceNewDeployment=True,
        )
        for stage in (BEFORE_TASKS, "POST_SCALE_UP"):
            made.wait_for(stage, 0.0)
            aws.kill()
            aws.start_again()
        until(lambda: made.newest()["status"] == "SUCCESSFUL", "the end of the deployment")
