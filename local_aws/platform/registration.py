"""Joins a service of ours to MiniStack: routed to by name, guarded by IAM on each resource that a request names."""

from collections.abc import Sequence

from local_aws.ministack import adapter
from local_aws.ministack.adapter import Answer, Headers, Query
from local_aws.ministack.iam import decisions, identity
from local_aws.platform import json_protocol
from local_aws.platform.service import Caller, Service, ServiceError


def join(service: Service) -> None:
    """Have MiniStack hand requests to ``service`` over to it."""

    def first_resource(path: str, headers: Headers, body: bytes, query: Query, region: str, account_id: str) -> str:
        name = json_protocol.operation_of(service, path, headers)
        try:
            request = json_protocol.read(service, path, body, query)
        except ServiceError:
            return "*"
        return next(iter(service.resources(name, request, Caller(account_id, region, ""))), "*")

    async def handle(method: str, path: str, headers: Headers, body: bytes, query: Query) -> Answer:
        del method
        account_id, region, arn = adapter.scope_of_request()
        caller = Caller(account_id, region, arn, decisions.execution_of_request())
        name = json_protocol.operation_of(service, path, headers)
        try:
            request = json_protocol.read(service, path, body, query)
            key = adapter.access_key_of(headers, query)
            _check_further(service.name, name, service.resources(name, request, caller)[1:], caller, key)
        except ServiceError as error:
            return json_protocol.refuse(error)
        return await json_protocol.answer(service, name, request, caller)

    adapter.add_service(service.name, service.target, handle, first_resource)


def _check_further(prefix: str, operation: str, resources: Sequence[str], caller: Caller, access_key_id: str) -> None:
    """Refuse where the caller may not act on one of the resources beyond the first, which IAM saw already."""
    action = f"{prefix}:{operation}"
    for resource in resources:
        if not identity.is_allowed(access_key_id, action, prefix, caller.region, resource):
            raise ServiceError("AccessDeniedException", adapter.identity_refusal(action, caller.arn, resource))
