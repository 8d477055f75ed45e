"""Questions about permissions that programs of ours ask: what was decided, and what would be."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from local_aws.gateway.answers import json_answer
from local_aws.iam.ledger import Ledger, places
from local_aws.ministack.adapter import Answer, Query
from local_aws.ministack.cloudformation.replay import decide_again, knows
from local_aws.ministack.iam.condition_keys import principal_of_session
from local_aws.ministack.iam.decisions import Decision
from local_aws.ministack.iam.policies import fault_of

_NEEDED = ("principal", "action", "resource")
_ALLOWED = (*_NEEDED, "context", "policies")


class QuestionError(Exception):
    """A question can't be answered; the sentence says why."""


def evaluated(request: object, account_id: str, region: str) -> dict[str, Any]:
    """Return ``decision``, ``statements``, ``resourcePolicy`` and ``reason`` as the ledger has them."""
    members = _checked_request(request)
    policies = _by_name(members.get("policies"))
    principal = str(members["principal"])
    _check_documents(policies or {}, trust=":" not in principal)
    if policies is None and ":" in principal and not knows(account_id, principal):
        raise QuestionError(f"There is no {principal} in the account {account_id}, and no policies are given for it.")
    return _told(decide_again(members, policies, account_id, region))


def _told(decision: Decision) -> dict[str, Any]:
    return {
        "decision": "Allow" if decision.allowed else "Deny",
        "statements": places(decision.statements, principal_of_session(decision.principal_arn)),
        "resourcePolicy": decision.resource_policy,
        "reason": decision.reason,
    }


def _checked_request(request: object) -> Mapping[str, Any]:
    if not isinstance(request, dict):
        raise QuestionError("A request is not a JSON object.")
    for name in _NEEDED:
        if not isinstance(request.get(name), str):
            raise QuestionError(f"A request needs {name}, which is text.")
    for name in request:
        if name not in _ALLOWED:
            raise QuestionError(f"A request has no member {name}; allowed are {', '.join(_ALLOWED)}.")
    if not isinstance(request.get("context") or {}, dict):
        raise QuestionError("context is not a JSON object of condition keys and their values.")
    return request


def _by_name(policies: object) -> Mapping[str, Any] | None:
    """Give policy documents by their names: those that are given, or their places in the list from 0."""
    if policies is None:
        return None
    if isinstance(policies, Sequence) and not isinstance(policies, str):
        policies = {str(index): each for index, each in enumerate(policies)}
    if not isinstance(policies, dict) or not all(isinstance(each, dict) for each in policies.values()):
        raise QuestionError("policies is neither a list of policy documents nor an object of them by their names.")
    return policies


def _check_documents(policies: Mapping[str, Any], *, trust: bool) -> None:
    """Refuse what is no policy document; a trust policy's statements have no Resource."""
    for name, document in policies.items():
        whole = {**document, "Statement": _with_resource(document.get("Statement"))} if trust else document
        fault = fault_of(whole)
        if fault is not None:
            raise QuestionError(f"Policy {name}: {fault}.")


def _with_resource(statements: object) -> object:
    listed = [statements] if isinstance(statements, dict) else statements
    return (
        [{"Resource": "*", **each} if isinstance(each, dict) else each for each in listed]
        if isinstance(listed, list)
        else listed
    )


_FILTERS = ("execution", "principal", "since")


def calls_answer(ledger: Ledger, query: Query, body: bytes) -> Answer:
    """Answer ``{"calls": [...]}``; the filters stand in the query, or in a JSON body: execution, principal, since."""
    try:
        wanted = {**{name: values[-1] for name, values in query.items()}, **_members(body)}
        return json_answer(HTTPStatus.OK, {"calls": ledger.calls(_checked(wanted))})
    except QuestionError as error:
        return json_answer(HTTPStatus.BAD_REQUEST, {"message": str(error)})


def evaluation_answer(body: bytes, account_id: str, region: str) -> Answer:
    """Answer one request that is put again, or a list of them under ``requests`` with ``{"decisions": [...]}``."""
    try:
        asked = _members(body)
        if set(asked) == {"requests"} and isinstance(asked["requests"], list):
            decisions = [evaluated(each, account_id, region) for each in asked["requests"]]
            return json_answer(HTTPStatus.OK, {"decisions": decisions})
        return json_answer(HTTPStatus.OK, evaluated(asked, account_id, region))
    except QuestionError as error:
        return json_answer(HTTPStatus.BAD_REQUEST, {"message": str(error)})


def _members(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise QuestionError("The body is not a JSON object.")
    return found


def _checked(wanted: Mapping[str, Any]) -> Mapping[str, Any]:
    for name in wanted:
        if name not in _FILTERS:
            raise QuestionError(f"There is no filter {name}; allowed are {', '.join(_FILTERS)}.")
    try:
        float(wanted.get("since") or 0)
    except (TypeError, ValueError):
        raise QuestionError(f"since is {wanted['since']!r}; allowed are seconds since 1970, such as 1.7e9.") from None
    return wanted
