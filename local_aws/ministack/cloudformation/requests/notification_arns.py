"""The topics to which a stack's events go: kept, told with the stack and its change sets, and sent the events.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html
"""

import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from html import escape
from http import HTTPStatus
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers, helpers

from local_aws.ministack.adapter import Answer
from local_aws.ministack.cloudformation.requests.notifications import send_events

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
