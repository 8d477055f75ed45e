"""Stacks that are in progress when the local AWS dies come to rest after the next start."""

import json
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.local_aws.cloudformation.stack_driver import StackDriver
from tests.local_aws_fixture import LocalAws, local_aws_in

pytestmark = pytest.mark.slow

Resource = dict[str, Any]


@pytest.fixture(scope="module")
def own_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with local_aws_in(tmp_path_factory.mktemp("taken-up") / "state") as started:
        yield started


@pytest.fixture
def driver(own_aws: LocalAws) -> StackDriver:
    return StackDriver(own_aws)


def topic(name: str, after: str | None = None) -> Resource:
    return {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}, **({"DependsOn": after} if after else {})}


def gate(after: str | None = None) -> Resource:
    """Return a resource that is made when it gets a signal, and fails when it gets another."""
    policy = {"ResourceSignal": {"Count": 1, "Timeout": "PT5M"}}
    depends = {"DependsOn": after} if after else {}
    return {"Type": "AWS::CloudFormation::WaitCondition", "CreationPolicy": policy, **depends}


def template(**resources: Resource) -> str:
    return json.dumps({"Resources": resources})


def topics(aws: LocalAws) -> list[str]:
    return sorted(found["TopicArn"].rpartition(":")[2] for found in aws.client("sns").list_topics()["Topics"])


def killed(driver: StackDriver, waiting_for: str) -> None:
    """Kill the local AWS while the stack waits at a gate, and start it again."""
    reached(driver, waiting_for)
    driver.aws.kill()
    driver.aws.start_again()
    reached(driver, waiting_for)


def reached(driver: StackDriver, waiting_for: str) -> None:
    for _ in range(100):
        events = driver.client.describe_stack_events(StackName=driver.name)["StackEvents"]
        if events[0]["LogicalResourceId"] == waiting_for:
            return
        time.sleep(0.05)
    raise AssertionError(events[0])


def signal(driver: StackDriver, name: str, status: str = "SUCCESS") -> None:
    driver.client.signal_resource(StackName=driver.name, LogicalResourceId=name, UniqueId="one", Status=status)


def test_a_creation_goes_on_without_making_anything_twice(driver: StackDriver) -> None:
    body = template(First=topic(f"{driver.name}-1"), Gate=gate("First"), Last=topic(f"{driver.name}-2", "Gate"))
    driver.client.create_stack(StackName=driver.name, TemplateBody=body)
    killed(driver, "Gate")
    assert f"{driver.name}-1" in topics(driver.aws)
    signal(driver, "Gate")
    assert driver.rest() == "CREATE_COMPLETE"
    assert set(driver.resources().values()) == {"CREATE_COMPLETE"}
    assert "continues it now" in driver.reasons()
    assert driver.delete() == "DELETE_COMPLETE"
    assert not [name for name in topics(driver.aws) if name.startswith(driver.name)]


def test_a_creation_that_fails_afterwards_leaves_nothing(driver: StackDriver) -> None:
    body = template(First=topic(f"{driver.name}-1"), Gate=gate("First"))
    driver.client.create_stack(StackName=driver.name, TemplateBody=body, OnFailure="DELETE")
    stack_id = driver.client.describe_stacks(StackName=driver.name)["Stacks"][0]["StackId"]
    killed(driver, "Gate")
    signal(driver, "Gate", "FAILURE")
    for _ in range(100):
        if driver.rest(stack_id) == "DELETE_COMPLETE":
            break
        time.sleep(0.05)
    assert driver.rest(stack_id) == "DELETE_COMPLETE"
    assert not [name for name in topics(driver.aws) if name.startswith(driver.name)]


def test_an_executed_change_set_goes_on_and_back_to_what_was(driver: StackDriver) -> None:
    before = {"First": topic(f"{driver.name}-old")}
    assert driver.create({"Resources": before}) == "CREATE_COMPLETE"
    change_set = driver.change_set({"Resources": {"First": topic(f"{driver.name}-new"), "Gate": gate("First")}})
    driver.client.execute_change_set(ChangeSetName=change_set["ChangeSetId"])
    killed(driver, "Gate")
    signal(driver, "Gate", "FAILURE")
    assert driver.rest() == "UPDATE_ROLLBACK_COMPLETE"
    assert [name for name in topics(driver.aws) if name.startswith(driver.name)] == [f"{driver.name}-old"]
    (kept,) = driver.client.list_change_sets(StackName=driver.name)["Summaries"]
    assert kept["ExecutionStatus"] == "EXECUTE_FAILED"


class Templates:
    """Templates of nested stacks, in a bucket of their own."""

    def __init__(self, aws: LocalAws, name: str) -> None:
        self._aws, self._bucket = aws, f"{name}-templates"
        bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": self._bucket}}
        assert StackDriver(aws).create({"Resources": {"Bucket": bucket}}) == "CREATE_COMPLETE"

    def put(self, name: str, body: str) -> Resource:
        """Keep a template under a name; give a resource that is a stack of it."""
        self._aws.client("s3").put_object(Bucket=self._bucket, Key=f"templates/{name}", Body=body.encode())
        url = f"https://s3.{self._aws.region}.amazonaws.com/{self._bucket}/templates/{name}"
        return {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}


def child_of(driver: StackDriver, status: str) -> StackDriver:
    """Wait until a nested stack of a stack has a status."""
    for _ in range(100):
        for stack in driver.client.describe_stacks()["Stacks"]:
            if stack["StackName"].startswith(f"{driver.name}-Nested-") and stack["StackStatus"] == status:
                return StackDriver(driver.aws, stack["StackName"])
        time.sleep(0.05)
    raise AssertionError(f"no nested stack is in {status}")


def test_a_nested_stack_that_was_half_made_is_made_anew(own_aws: LocalAws, driver: StackDriver) -> None:
    inner = template(Inner=topic(f"{driver.name}-in"), Gate=gate("Inner"))
    nested = Templates(own_aws, driver.name).put("inner", inner)
    driver.client.create_stack(StackName=driver.name, TemplateBody=template(Nested=nested))
    first = child_of(driver, "CREATE_IN_PROGRESS")
    reached(first, "Gate")
    own_aws.kill()
    own_aws.start_again()
    second = child_of(driver, "CREATE_IN_PROGRESS")
    reached(second, "Gate")
    assert second.name != first.name
    signal(second, "Gate")
    assert driver.rest() == "CREATE_COMPLETE"
    assert driver.delete() == "DELETE_COMPLETE"
    assert not [name for name in topics(own_aws) if name.startswith(driver.name)]


def test_a_deletion_that_was_answered_goes_on(driver: StackDriver) -> None:
    assert driver.create({"Resources": {"First": topic(driver.name)}}) == "CREATE_COMPLETE"
    stack_id = driver.client.describe_stacks(StackName=driver.name)["Stacks"][0]["StackId"]
    driver.client.delete_stack(StackName=driver.name)
    driver.aws.kill()
    driver.aws.start_again()
    assert driver.rest(stack_id) == "DELETE_COMPLETE"
    assert driver.name not in topics(driver.aws)


def test_a_signal_that_was_acknowledged_counts_after_a_kill(own_aws: LocalAws, driver: StackDriver) -> None:
    gated = gate("Handle")
    gated["CreationPolicy"]["ResourceSignal"]["Count"] = 2
    handle = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    condition = {
        "Type": "AWS::CloudFormation::WaitCondition",
        "DependsOn": "Gate",
        "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "60", "Count": 2},
    }
    body = template(Handle=handle, Gate=gated, Condition=condition)
    driver.client.create_stack(StackName=driver.name, TemplateBody=body)
    reached(driver, "Gate")
    (found,) = driver.client.describe_stack_resources(StackName=driver.name, LogicalResourceId="Handle")[
        "StackResources"
    ]

    def put(unique: str) -> None:
        body = json.dumps({"Status": "SUCCESS", "UniqueId": unique, "Data": unique, "Reason": ""})
        request = urllib.request.Request(found["PhysicalResourceId"], body.encode(), method="PUT")  # noqa: S310 - ours
        request.add_header("Content-Type", "")
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - the same
            assert answer.status == 200

    put("first")
    signal(driver, "Gate")
    own_aws.kill()
    own_aws.start_again()
    reached(driver, "Gate")
    driver.client.signal_resource(StackName=driver.name, LogicalResourceId="Gate", UniqueId="another", Status="SUCCESS")
    reached(driver, "Condition")
    put("second")
    assert driver.rest() == "CREATE_COMPLETE"


def test_an_import_goes_on(driver: StackDriver) -> None:
    names = [f"{driver.name}-{number}" for number in range(3)]
    kept = {f"Topic{number}": {**topic(name), "DeletionPolicy": "Retain"} for number, name in enumerate(names)}
    earlier = StackDriver(driver.aws)
    assert earlier.create({"Resources": kept}) == "CREATE_COMPLETE"
    assert earlier.delete() == "DELETE_COMPLETE"
    assert driver.create({"Resources": {"First": topic(driver.name)}}) == "CREATE_COMPLETE"
    arn = f"arn:aws:sns:{driver.aws.region}:{driver.aws.account_id}"
    wanted = [
        {
            "ResourceType": "AWS::SNS::Topic",
            "LogicalResourceId": f"Topic{number}",
            "ResourceIdentifier": {"TopicArn": f"{arn}:{name}"},
        }
        for number, name in enumerate(names)
    ]
    body = {"Resources": {"First": topic(driver.name), **kept}}
    change_set = driver.change_set(body, kind="IMPORT", ResourcesToImport=wanted)
    driver.client.execute_change_set(ChangeSetName=change_set["ChangeSetId"])
    driver.aws.kill()
    driver.aws.start_again()
    assert driver.rest() == "IMPORT_COMPLETE"
    assert "continues it now" in driver.reasons()
    assert driver.resources() == {"First": "CREATE_COMPLETE", **dict.fromkeys(kept, "UPDATE_COMPLETE")}


def test_a_roll_back_that_is_continued_goes_on(own_aws: LocalAws, driver: StackDriver) -> None:
    before, after = {"Inner": topic(f"{driver.name}-1")}, {"Inner": topic(f"{driver.name}-2")}
    templates = Templates(own_aws, driver.name)
    assert driver.create({"Resources": {"Nested": templates.put("before", template(**before))}}) == "CREATE_COMPLETE"
    changed = template(Nested=templates.put("after", template(**after)), Gate=gate("Nested"))
    driver.client.update_stack(StackName=driver.name, TemplateBody=changed)
    reached(driver, "Gate")
    templates.put("before", "no template")
    signal(driver, "Gate", "FAILURE")
    assert driver.rest() == "UPDATE_ROLLBACK_FAILED"
    templates.put("before", template(**before, Gate=gate("Inner")))
    driver.client.continue_update_rollback(StackName=driver.name)
    child = child_of(driver, "UPDATE_IN_PROGRESS")
    killed(child, "Gate")
    signal(child, "Gate")
    assert driver.rest() == "UPDATE_ROLLBACK_COMPLETE"
    assert "continues it now" in driver.reasons()
    assert [name for name in topics(own_aws) if name.startswith(driver.name)] == [f"{driver.name}-1"]
