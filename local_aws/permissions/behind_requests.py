"""Has IAM asked for what a request needs beside its own action: keys behind services, passed roles, tags."""

from collections.abc import Callable, Iterator, Mapping

from local_aws.ministack import application
from local_aws.ministack.application import Answer, Headers, Query
from local_aws.permissions import behind_creation, behind_keys
from local_aws.permissions.implicit import Implicit
from local_aws.permissions.requests import Request
from local_aws.permissions.steps import Asked

_STEPS: Mapping[str, Callable[[Request], Iterator[Asked]]] = {
    "s3": behind_keys.of_objects,
    "ssm": behind_keys.of_parameters,
    "secretsmanager": behind_keys.of_secrets,
    "sns": behind_keys.of_messages,
    "ecs": behind_creation.of_containers,
    "codepipeline": behind_creation.of_pipelines,
    "codebuild": behind_creation.of_builds,
    "events": behind_creation.of_rules,
}
"""By service: the steps that one of its requests leads to, each with the resource that IAM is asked on."""


def ask_behind_requests(implicit: Implicit) -> None:
    """Guard each service in the table; call it when services of ours have joined."""
    for service, steps in _STEPS.items():
        application.guard(service, _before(service, steps, implicit))


def _before(service: str, steps: Callable[[Request], Iterator[Asked]], implicit: Implicit) -> application.Before:
    async def check(method: str, path: str, headers: Headers, body: bytes, query: Query) -> Answer | None:
        account_id, region, principal = application.scope_of_request()
        key = application.access_key_of(headers, query)
        request = Request(method, path, headers, body, query, f"{region}:{account_id}")
        refused = implicit.first_refusal(key, steps(request))
        if refused is None:
            return None
        return application.permission_refusal(service, refused.action, principal, refused.resource, headers)

    return check
