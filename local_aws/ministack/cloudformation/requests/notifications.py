"""The topics to which a stack's events go: kept, told with the stack and its change sets, and sent the events.

A line `Name='value'` for each field, under the subject "AWS CloudFormation Notification"; most are fields of an event:
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackEvent.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-add-tags.html

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html
"""

import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from html import escape
from http import HTTPStatus
from typing import Any

from ministack.services import cloudformation, sns
from ministack.services.cloudformation import changesets, handlers, helpers
from ministack.services.cloudformation import stacks as lifecycle

from local_aws.ministack.adapter import Answer, scope_of_request

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


_MEMBER = "NotificationARNs"
_STACK = re.compile(r"<StackId>([^<]+)</StackId>(?:(?!<StackId>).)*?(?=<Parameters>)", re.DOTALL)
_CHANGE_SET_ID = re.compile("<Id>([^<]+)</Id>")
_CHANGE_SET = re.compile(r"<ChangeSetId>([^<]+)</ChangeSetId>")

Request = dict[str, list[str]]

_named: ContextVar[tuple[str, list[str] | None]] = ContextVar("_named", default=("", None))
"""The stack that a request is about, and the topics given with it; what the request begins keeps them."""


def keep_notification_arns() -> None:
    """Have the requests that name topics keep them, and those that describe stacks and change sets tell them."""
    _within("CreateStack", lambda request: (handlers._p(request, "StackName"), _given(request)))
    _within("UpdateStack", _given_to_update)
    _within("ExecuteChangeSet", _given_to_change_set)
    send_events(_topics_of)
    _after("CreateStack", _keep_with_stack)
    _after("UpdateStack", _keep_with_stack)
    _after("CreateChangeSet", _keep_with_change_set)
    _after("ExecuteChangeSet", _take_over)
    _after("DescribeStacks", _tell_of_stacks)
    _after("DescribeChangeSet", _tell_of_change_set)


def _after(action: str, apply: Callable[[Request, str], str]) -> None:
    """Have ``apply(request, answer)`` give the answer of a request that was taken."""
    handle = handlers._ACTION_HANDLERS[action]

    def handler(request: Request) -> Answer:
        status, headers, body = handle(request)
        if status != HTTPStatus.OK:
            return status, headers, body
        text = body.decode() if isinstance(body, bytes) else body
        return status, headers, apply(request, text).encode()

    handlers._ACTION_HANDLERS[action] = handler


def _within(action: str, given: Callable[[Request], tuple[str, list[str] | None]]) -> None:
    """Have what a request begins send its events to the topics that are given with it, from the first event on."""
    handle = handlers._ACTION_HANDLERS[action]

    def handler(request: Request) -> Answer:
        before = _named.set(given(request))
        try:
            answer: Answer = handle(request)
            return answer
        finally:
            _named.reset(before)

    handlers._ACTION_HANDLERS[action] = handler


def _topics_of(stack_name: str) -> list[str]:
    name, named = _named.get()
    if stack_name == name and named is not None:
        return named
    kept: list[str] = (cloudformation._stacks.get(stack_name) or {}).get(_MEMBER, [])
    return kept


def _given_to_update(request: Request) -> tuple[str, list[str] | None]:
    stack = handlers._resolve_stack(handlers._p(request, "StackName")) or {}
    return stack.get("StackName", ""), _given(request)


def _given_to_change_set(request: Request) -> tuple[str, list[str] | None]:
    change_set = _change_set_of(request)
    return change_set.get("StackName", ""), change_set.get(_MEMBER)


def _given(request: Request) -> list[str] | None:
    """Return the topics that a request names; ``None`` where it says nothing of any."""
    named = helpers._extract_string_members(request, _MEMBER)
    return named if named or _MEMBER in request else None


def _keep_with_stack(request: Request, answer: str) -> str:
    stack, given = handlers._resolve_stack(handlers._p(request, "StackName")), _given(request)
    if stack is not None and given is not None:
        stack[_MEMBER] = given
    return answer


def _keep_with_change_set(request: Request, answer: str) -> str:
    found, given = _CHANGE_SET_ID.search(answer), _given(request)
    if found and given is not None:
        cloudformation._change_sets[found.group(1)][_MEMBER] = given
    return answer


def _take_over(request: Request, answer: str) -> str:
    change_set = _change_set_of(request)
    if _MEMBER in change_set:
        cloudformation._stacks[change_set["StackName"]][_MEMBER] = change_set[_MEMBER]
    return answer


def _change_set_of(request: Request) -> Mapping[str, Any]:
    """Return the change set that a request names; nothing where there is none."""
    name, stack_name = handlers._p(request, "ChangeSetName"), handlers._p(request, "StackName")
    for change_set in cloudformation._change_sets.values():
        known = name in (change_set["ChangeSetId"], change_set["ChangeSetName"])
        if known and stack_name in ("", change_set["StackName"], change_set["StackId"]):
            return dict(change_set)
    return {}


def _tell_of_stacks(_request: Request, answer: str) -> str:
    def told(found: re.Match[str]) -> str:
        return found.group() + _members(handlers._resolve_stack(found.group(1)) or {})

    return _STACK.sub(told, answer)


def _tell_of_change_set(_request: Request, answer: str) -> str:
    found = _CHANGE_SET.search(answer)
    members = _members(cloudformation._change_sets.get(found.group(1)) or {}) if found else ""
    return answer.replace("</DescribeChangeSetResult>", f"{members}</DescribeChangeSetResult>")


def _members(record: Mapping[str, Any]) -> str:
    named = "".join(f"<member>{escape(arn)}</member>" for arn in record.get(_MEMBER, []))
    return f"<{_MEMBER}>{named}</{_MEMBER}>"
