"""A stack's events come to the topics that its requests name, and from there to a queue that is subscribed to them."""

import json
import re
from collections.abc import Callable

import pytest

from tests.local_aws.cloudformation.stack_driver import StackDriver
from tests.local_aws.cloudformation.test_states import administrator, topic
from tests.local_aws_fixture import LocalAws

Told = list[tuple[str, str]]
"""Logical id and status of each event."""


@pytest.fixture
def stack(local_aws: LocalAws) -> StackDriver:
    return StackDriver(local_aws)


def subscribed(stack: StackDriver) -> tuple[str, Callable[[], Told]]:
    """Make a topic with a queue; give its ARN, and what takes the events that have come."""
    sqs, sns = administrator(stack.aws, "sqs"), administrator(stack.aws, "sns")
    queue = sqs.create_queue(QueueName=stack.name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    allow = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}
    policy = {"Version": "2012-10-17", "Statement": [{**allow, "Resource": arn}]}
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps(policy)})
    topic_arn = str(sns.create_topic(Name=f"{stack.name}-events")["TopicArn"])
    sns.subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=arn)

    def sent() -> Told:
        come: Told = []
        while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
                body = json.loads(message["Body"])
                assert body["Subject"] == "AWS CloudFormation Notification"
                fields = dict(re.findall(r"^(\w+)='(.*)'$", body["Message"], re.MULTILINE))
                assert (fields["StackName"], fields["Namespace"]) == (stack.name, stack.aws.account_id)
                come.append((fields["LogicalResourceId"], fields["ResourceStatus"]))
        return come

    return topic_arn, sent


def test_events_are_sent_to_the_topics_of_the_latest_request(stack: StackDriver) -> None:
    arn, sent = subscribed(stack)

    stack.create({"Resources": {"Topic": topic()}}, NotificationARNs=[arn])
    events = stack.client.describe_stack_events(StackName=stack.name)["StackEvents"]
    assert sorted(sent()) == sorted((event["LogicalResourceId"], event["ResourceStatus"]) for event in events)

    stack.update({"Resources": {"Topic": topic("x")}}, NotificationARNs=[])
    assert sent() == []

    change_set = stack.change_set({"Resources": {"Topic": topic("y")}}, "UPDATE", NotificationARNs=[arn])
    assert sent() == []
    stack.execute(change_set)
    changed = {(stack.name, "UPDATE_IN_PROGRESS"), ("Topic", "UPDATE_COMPLETE"), (stack.name, "UPDATE_COMPLETE")}
    assert changed <= set(sent())

    stack.delete()
    assert {("Topic", "DELETE_COMPLETE"), (stack.name, "DELETE_COMPLETE")} <= set(sent())


def test_a_topic_that_is_not_there_or_orders_its_messages_stands_in_nobodys_way(stack: StackDriver) -> None:
    ordered = administrator(stack.aws, "sns").create_topic(Name=f"{stack.name}.fifo", Attributes={"FifoTopic": "true"})
    missing = f"arn:aws:sns:ca-central-1:{stack.aws.account_id}:{stack.name}-nowhere"

    done = stack.create({"Resources": {"Topic": topic()}}, NotificationARNs=[missing, ordered["TopicArn"]])

    assert done == "CREATE_COMPLETE"
