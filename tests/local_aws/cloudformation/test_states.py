"""Stacks in states that are hard to reach: stuck roll-backs, cancelled updates, what was deleted outside, policies."""

import json
import time
from typing import Any

import pytest

from tests.local_aws.cloudformation.stack_driver import StackDriver
from tests.local_aws_fixture import LocalAws


@pytest.fixture
def stack(local_aws: LocalAws) -> StackDriver:
    return StackDriver(local_aws)


def topic(display: str = "before") -> dict[str, Any]:
    return {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": display}}


def waiting(seconds: int, after: str) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudFormation::WaitCondition",
        "DependsOn": after,
        "CreationPolicy": {"ResourceSignal": {"Timeout": f"PT{seconds}S"}},
    }


def topic_of(stack: StackDriver) -> str:
    found = stack.client.describe_stack_resource(StackName=stack.name, LogicalResourceId="Topic")
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


def told(stack: StackDriver, logical_id: str, status: str) -> bool:
    events = stack.client.describe_stack_events(StackName=stack.name)["StackEvents"]
    return any((one["LogicalResourceId"], one["ResourceStatus"]) == (logical_id, status) for one in events)


def begin(stack: StackDriver, template: dict[str, Any]) -> None:
    """Begin an update, and come back when it waits."""
    stack.client.update_stack(StackName=stack.name, TemplateBody=json.dumps(template))
    for _ in range(200):
        if told(stack, "Wait", "CREATE_IN_PROGRESS"):
            return
        time.sleep(0.05)
    raise AssertionError("it does not wait")


def stuck(stack: StackDriver) -> str:
    """Have the roll-back of an update fail, as its topic was deleted meanwhile; return the topic's ARN."""
    stack.create({"Resources": {"Topic": topic()}})
    arn = topic_of(stack)
    begin(stack, {"Resources": {"Topic": topic("after"), "Wait": waiting(60, "Topic")}})
    delete_outside(stack, arn)
    stack.client.cancel_update_stack(StackName=stack.name)
    assert stack.rest() == "UPDATE_ROLLBACK_FAILED"
    return arn


def delete_outside(stack: StackDriver, arn: str) -> None:
    """Delete the topic as somebody with the right to it would, who is not the deployer."""
    administrator(stack.aws, "sns").delete_topic(TopicArn=arn)


def administrator_key(aws: LocalAws) -> tuple[str, str]:
    done = aws.run("administrator", "--json")
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    return made["aws_access_key_id"], made["aws_secret_access_key"]


def administrator(aws: LocalAws, service: str) -> Any:
    return aws.client(service, administrator_key(aws))


def test_a_roll_back_does_not_make_anew_what_was_deleted(stack: StackDriver) -> None:
    arn = stuck(stack)

    assert f"Resource of type 'AWS::SNS::Topic' with identifier '{arn}' was not found." in stack.reasons()
    assert all(one["TopicArn"] != arn for one in stack.aws.client("sns").list_topics()["Topics"])
    stack.client.continue_update_rollback(StackName=stack.name)
    assert stack.rest() == "UPDATE_ROLLBACK_FAILED"


def test_a_stuck_roll_back_goes_on_without_what_is_skipped(stack: StackDriver) -> None:
    stuck(stack)

    stack.client.continue_update_rollback(StackName=stack.name, ResourcesToSkip=["Topic"])

    assert stack.rest() == "UPDATE_ROLLBACK_COMPLETE"


def test_an_update_of_what_was_deleted_fails(stack: StackDriver) -> None:
    stack.create({"Resources": {"Topic": topic()}})
    delete_outside(stack, topic_of(stack))

    assert stack.update({"Resources": {"Topic": topic("after")}}) == "UPDATE_ROLLBACK_COMPLETE"
    assert ("Topic", "UPDATE_FAILED") in stack.told()
    assert "was not found." in stack.reasons()


def test_what_was_deleted_can_be_taken_out_of_the_stack(stack: StackDriver) -> None:
    stack.create({"Resources": {"Topic": topic(), "Other": topic()}})
    delete_outside(stack, topic_of(stack))

    assert stack.update({"Resources": {"Other": topic()}}) == "UPDATE_COMPLETE"


def test_a_cancelled_update_rolls_back_at_once(stack: StackDriver) -> None:
    stack.create({"Resources": {"Topic": topic()}})
    begin(stack, {"Resources": {"Topic": topic("after"), "Wait": waiting(600, "Topic")}})
    began = time.monotonic()

    stack.client.cancel_update_stack(StackName=stack.name, ClientRequestToken="cancel-1")

    assert stack.rest() == "UPDATE_ROLLBACK_COMPLETE"
    assert time.monotonic() - began < 5
    events = stack.client.describe_stack_events(StackName=stack.name)["StackEvents"]
    [back] = [one for one in events if one["ResourceStatus"] == "UPDATE_ROLLBACK_IN_PROGRESS"]
    assert (back["ResourceStatusReason"], back["ClientRequestToken"]) == ("User Initiated", "cancel-1")


DENY = {"Effect": "Deny", "Principal": "*", "Action": "Update:*", "Resource": "LogicalResourceId/Topic"}
ALLOW = {"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"}


@pytest.mark.parametrize(
    ("statements", "after", "status"),
    [
        ([ALLOW], topic("after"), "UPDATE_COMPLETE"),
        ([ALLOW, DENY], topic("after"), "UPDATE_ROLLBACK_COMPLETE"),
        ([ALLOW, DENY], None, "UPDATE_ROLLBACK_COMPLETE"),
        ([ALLOW, {**DENY, "Action": "Update:Delete"}], topic("after"), "UPDATE_COMPLETE"),
        ([ALLOW, {**DENY, "Action": "Update:Delete"}], None, "UPDATE_ROLLBACK_COMPLETE"),
        ([{**ALLOW, "NotResource": "LogicalResourceId/Topic"}], topic("after"), "UPDATE_ROLLBACK_COMPLETE"),
        (
            [ALLOW, {**DENY, "Resource": "*", "Condition": {"StringEquals": {"ResourceType": ["AWS::SNS::Topic"]}}}],
            topic("after"),
            "UPDATE_ROLLBACK_COMPLETE",
        ),
    ],
)
def test_a_stack_policy_holds(
    stack: StackDriver, statements: list[Any], after: dict[str, Any] | None, status: str
) -> None:
    other = {"Type": "AWS::EC2::InternetGateway"}
    stack.create(
        {"Resources": {"Topic": topic(), "Other": other}}, StackPolicyBody=json.dumps({"Statement": statements})
    )

    changed = {"Resources": {**({"Topic": after} if after else {}), "Other": other}}

    assert stack.update(changed) == status
    assert ("stack policy" in stack.reasons()) == (status != "UPDATE_COMPLETE")


def test_a_policy_for_one_update_stands_in(stack: StackDriver) -> None:
    policy = {"Statement": [DENY]}
    stack.create({"Resources": {"Topic": topic()}}, StackPolicyBody=json.dumps(policy))

    once = json.dumps({"Statement": [ALLOW]})
    assert stack.update({"Resources": {"Topic": topic("x")}}, StackPolicyDuringUpdateBody=once) == "UPDATE_COMPLETE"
    assert stack.update({"Resources": {"Topic": topic("y")}}) == "UPDATE_ROLLBACK_COMPLETE"


def test_topics_for_a_stacks_events_are_kept_and_told(stack: StackDriver) -> None:
    arns = [f"arn:aws:sns:ca-central-1:000000000000:{name}" for name in ("a", "b")]
    stack.create({"Resources": {"Topic": topic()}}, NotificationARNs=arns)
    other = StackDriver(stack.aws)
    change_set = other.change_set({"Resources": {"Topic": topic()}}, "CREATE", NotificationARNs=arns[:1])
    other.execute(change_set)

    [told_of] = stack.client.describe_stacks(StackName=stack.name)["Stacks"]
    [executed] = stack.client.describe_stacks(StackName=other.name)["Stacks"]
    assert (told_of["NotificationARNs"], executed["NotificationARNs"]) == (arns, arns[:1])
    assert change_set["NotificationARNs"] == arns[:1]
    stack.update({"Resources": {"Topic": topic("x")}}, NotificationARNs=[])
    assert stack.client.describe_stacks(StackName=stack.name)["Stacks"][0]["NotificationARNs"] == []


def test_access_keys_are_made_for_users_that_are_there(stack: StackDriver) -> None:
    user = {"Type": "AWS::IAM::User"}
    key = {"Type": "AWS::IAM::AccessKey", "Properties": {"UserName": {"Ref": "User"}}}
    secret = {"Secret": {"Value": {"Fn::GetAtt": ["Key", "SecretAccessKey"]}}, "Key": {"Value": {"Ref": "Key"}}}
    capable = {"Capabilities": ["CAPABILITY_IAM"]}

    assert stack.create({"Resources": {"User": user, "Key": key}, "Outputs": secret}, **capable) == "CREATE_COMPLETE"
    outputs = stack.outputs()
    caller = stack.aws.client("sts", (outputs["Key"], outputs["Secret"])).get_caller_identity()
    assert ":user/" in caller["Arn"]
    other = StackDriver(stack.aws)
    nobody = {"Resources": {"Key": {**key, "Properties": {"UserName": "nobody"}}}}
    assert other.create(nobody, **capable) == "ROLLBACK_COMPLETE"
    assert "The user with name nobody cannot be found." in other.reasons()


@pytest.mark.parametrize(
    ("protocol", "endpoint", "reason"),
    [
        ("pigeon", "a@b.c", "Does not support this protocol string: pigeon"),
        ("email", "nobody", "Invalid parameter: Email address"),
        ("sqs", "queue", "Invalid parameter: SQS endpoint ARN"),
        ("https", "http://x", "Endpoint must match the specified protocol"),
    ],
)
def test_a_subscription_that_sns_refuses_fails(stack: StackDriver, protocol: str, endpoint: str, reason: str) -> None:
    properties = {"TopicArn": {"Ref": "Topic"}, "Protocol": protocol, "Endpoint": endpoint}
    template = {"Resources": {"Topic": topic(), "S": {"Type": "AWS::SNS::Subscription", "Properties": properties}}}

    assert stack.create(template) == "ROLLBACK_COMPLETE"
    assert reason in stack.reasons()


def test_a_subscription_of_no_topic_fails(stack: StackDriver) -> None:
    arn = "arn:aws:sns:ca-central-1:000000000000:nobodys"
    properties = {"TopicArn": arn, "Protocol": "email", "Endpoint": "a@b.c"}
    template = {"Resources": {"S": {"Type": "AWS::SNS::Subscription", "Properties": properties}}}

    assert stack.create(template) == "ROLLBACK_COMPLETE"
    assert "Topic does not exist" in stack.reasons()
