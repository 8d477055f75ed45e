"""Sees each request to CloudFormation after IAM and before MiniStack, and refuses what CloudFormation refuses."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from local_aws.cloudformation.template_gate.parameters import check_parameters, first, read_parameters
from local_aws.cloudformation.template_gate.references import check_references
from local_aws.cloudformation.template_gate.validator import Validator
from local_aws.ministack.adapter import Answer, Headers, Query
from local_aws.ministack.cloudformation import stacks
from local_aws.platform.service import ServiceError

_MAKING = frozenset({"CreateStack", "UpdateStack", "CreateChangeSet"})
_WITH_TEMPLATE = _MAKING | {"ValidateTemplate"}
_GONE = "DELETE_COMPLETE"

validator = Validator()
"""The one of this process."""


async def gate(method: str, path: str, headers: Headers, body: bytes, query: Query) -> Answer | None:
    """Return the refusal of a request; None where it may go on."""
    request = stacks.query_parameters(method, path, headers, body, query)
    action = first(request, "Action")
    try:
        if action in _MAKING:
            _check_state(action, request)
        if action in _WITH_TEMPLATE:
            return await _check_template(action, request)
    except ServiceError as error:
        return stacks.refusal(error.code, error.message)
    return None


def _check_state(action: str, request: Mapping[str, list[str]]) -> None:
    """Refuse to make what is there, and to change what failed at its creation or is being worked on."""
    stack = stacks.stack_named(first(request, "StackName"))
    if stack is None or stack["StackStatus"] == _GONE:
        return
    status = stack["StackStatus"]
    creates = action == "CreateStack" or first(request, "ChangeSetType") == "CREATE"
    if action == "CreateStack":
        raise ServiceError("AlreadyExistsException", f"Stack [{stack['StackName']}] already exists")
    if creates and status != "REVIEW_IN_PROGRESS":
        message = f"Stack [{stack['StackName']}] already exists and cannot be created again with the changeSet."
        raise ServiceError("ValidationError", message)
    finished = status.endswith(("_COMPLETE", "_FAILED"))
    changeable = finished and status not in {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"}
    if not creates and not changeable and status != "REVIEW_IN_PROGRESS":
        message = f"Stack:{stack['StackId']} is in {status} state and can not be updated."
        raise ServiceError("ValidationError", message)


async def _check_template(action: str, request: dict[str, list[str]]) -> Answer | None:
    text, refusal = stacks.template_of_request(request)
    if refusal is not None:
        return refusal
    stack = stacks.stack_named(first(request, "StackName")) if action in _MAKING else None
    live = stack is not None and stack["StackStatus"] not in {_GONE, "REVIEW_IN_PROGRESS"}
    if not text and stack is not None and live:
        text = str(stack["_template_body"])
    template = _parsed(text)
    check_references(template)
    # As JSON: the validator's own readers refuse some YAML and JSON that CloudFormation takes.
    await asyncio.to_thread(validator.check, json.dumps(template, default=str))
    if action in _MAKING:
        before = stack["_resolved_params"] if stack is not None and live else {}
        check_parameters(template, read_parameters(request), before)
    return None


def _parsed(text: str) -> Mapping[str, Any]:
    if not text:
        message = "Either Template URL or Template Body must be specified."
        raise ServiceError("ValidationError", message)
    try:
        template = stacks.parsed_template(text)
    except Exception as error:  # noqa: BLE001 - whatever reading JSON and YAML raises; its text says where
        raise ServiceError("ValidationError", f"Template format error: {error}") from None
    if not isinstance(template, dict) or not isinstance(template.get("Resources") or {}, dict):
        raise ServiceError("ValidationError", "Template format error: unsupported structure.")
    return template
