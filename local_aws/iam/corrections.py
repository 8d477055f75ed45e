"""Puts the corrections in place."""

from collections.abc import Mapping, Sequence
from typing import Any

from local_aws.iam.request import keys_of
from local_aws.iam.resources import resources_of
from local_aws.ministack import adapter
from local_aws.ministack.adapter import Answer, Headers, Query
from local_aws.ministack.iam import condition_keys, decisions, identity, policies

_SERVICES = ("ssm", "ecs", "kms", "logs")


def correct_permissions(hear: decisions.Hear | None) -> None:
    """Have IAM check what AWS checks, resource by resource, and name the resource when it refuses.

    ``hear`` is told of each decision.
    """
    condition_keys.complete_condition_keys()
    policies.remember_where_statements_stand()
    decisions.hand_executions_on()
    adapter.check_resources_with(_first)
    adapter.add_condition_keys(_keys)
    for service in _SERVICES:
        adapter.guard(service, _rest_of(service))
    identity.let_trust_name_principals()
    identity.name_resources_in_refusals()
    decisions.tell_of_requests(hear)
    if hear is not None:
        decisions.tell_of_trust(hear)


def _first(service: str, headers: Headers, body: bytes, region: str, account_id: str, found: str) -> str:
    resources = resources_of(service, _operation(headers), body, region, account_id)
    return found if resources is None else next(iter(resources), "*")


def _keys(service: str, operation: str, body: bytes) -> Mapping[str, Any]:
    account_id, region, _principal = adapter.scope_of_request()
    return keys_of(service, operation, body, f"{region}:{account_id}")


def _rest_of(service: str) -> adapter.Before:
    """Make the check of the resources beyond the first, which the dispatcher checks."""

    async def check(method: str, path: str, headers: Headers, body: bytes, query: Query) -> Answer | None:
        del method, path
        account_id, region, arn = adapter.scope_of_request()
        operation = _operation(headers)
        resources: Sequence[str] = resources_of(service, operation, body, region, account_id) or []
        key, action = adapter.access_key_of(headers, query), f"{service}:{operation}"
        keys = dict(keys_of(service, operation, body, f"{region}:{account_id}")) if resources[1:] else {}
        for resource in resources[1:]:
            if not identity.is_allowed(key, action, service, region, resource, keys):
                return adapter.permission_refusal(service, action, arn, resource, headers)
        return None

    return check


def _operation(headers: Headers) -> str:
    return headers.get("x-amz-target", "").rpartition(".")[2]
