"""Questions about permissions that programs of ours ask: what was decided, and what would be."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from local_aws.gateway.answers import json_answer
from local_aws.iam.ledger import Ledger
from local_aws.iam.reevaluate import QuestionError, evaluated
from local_aws.ministack.adapter import Answer, Query

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
