"""Each event of a stack is published to the stack's topics, in the form that CloudFormation gives it.

A line `Name='value'` for each field, under the subject "AWS CloudFormation Notification"; most are fields of an event:
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackEvent.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-add-tags.html
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ministack.services import cloudformation, sns
from ministack.services.cloudformation import changesets, handlers
from ministack.services.cloudformation import stacks as lifecycle

from local_aws.ministack.adapter import scope_of_request

SUBJECT = "AWS CloudFormation Notification"

_LOGGER = logging.getLogger("local_aws")


def send_events(topics_of: Callable[[str], Sequence[str]]) -> None:
    """Have each event published to the topics that ``topics_of`` gives for its stack's name.

    Call it before all else that corrects what is told of a stack: what is not told is not sent.
    """
    add = lifecycle._add_event

    def add_event(stack_id: str, stack_name: str, *rest: str, **more: str) -> None:
        add(stack_id, stack_name, *rest, **more)
        topics = topics_of(stack_name)
        if topics:
            _send(cloudformation._stack_events[stack_id][-1], topics)

    for module in (lifecycle, handlers, changesets):
        module._add_event = add_event


def _send(event: Mapping[str, str], topics: Sequence[str]) -> None:
    text = "".join(f"{name}='{value}'\n" for name, value in _fields(event).items())
    for topic in topics:
        try:
            sns.publish_internal(topic, text, SUBJECT)
        except sns.SnsPublishError as refusal:
            _LOGGER.warning("An event of %s could not be sent to %s: %s", event["StackName"], topic, refusal)


def _fields(event: Mapping[str, str]) -> Mapping[str, str]:
    account_id, _region, caller = scope_of_request()
    return {
        "StackId": event["StackId"],
        "Timestamp": event["Timestamp"],
        "EventId": event["EventId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "Namespace": account_id,
        "PhysicalResourceId": event["PhysicalResourceId"],
        "PrincipalId": caller,
        "ResourceProperties": json.dumps(_properties(event)),
        "ResourceStatus": event["ResourceStatus"],
        "ResourceStatusReason": event["ResourceStatusReason"],
        "ResourceType": event["ResourceType"],
        "StackName": event["StackName"],
        "ClientRequestToken": event.get("ClientRequestToken", "null"),
    }


def _properties(event: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Return the properties that the resource was made with; nothing for the stack itself, and before it is made."""
    stack = cloudformation._stacks.get(event["StackName"]) or {}
    resource = stack.get("_resources", {}).get(event["LogicalResourceId"], {})
    properties: Mapping[str, Any] | None = resource.get("Properties")
    return properties
