"""Has IAM asked for what a request needs beside its own action: keys behind services, passed roles, tags."""

from collections.abc import Callable, Iterator, Mapping

from local_aws.iam import create_time_checks, kms_checks
from local_aws.iam.request import Request
from local_aws.iam.service_side_calls import Implicit
from local_aws.iam.trace import Asked
from local_aws.ministack import adapter
from local_aws.ministack.adapter import Answer, Headers, Query

_STEPS: Mapping[str, Callable[[Request], Iterator[Asked]]] = {
    "s3": kms_checks.of_objects,
    "ssm": kms_checks.of_parameters,
    "secretsmanager": kms_checks.of_secrets,
    "sns": kms_checks.of_messages,
    "ecs": create_time_checks.of_containers,
    "codepipeline": create_time_checks.of_pipelines,
    "codebuild": create_time_checks.of_builds,
    "codedeploy": create_time_checks.of_deployment_groups,
    "events": create_time_checks.of_rules,
    "cloudformation": create_time_checks.of_stacks,
}
"""By service: the steps that one of its requests leads to, each with the resource that IAM is asked on."""


def ask_behind_requests(implicit: Implicit) -> None:
    """Guard each service in the table; call it when services of ours have joined."""
    for service, steps in _STEPS.items():
        adapter.guard(service, _before(service, steps, implicit))


def _before(service: str, steps: Callable[[Request], Iterator[Asked]], implicit: Implicit) -> adapter.Before:
    async def check(method: str, path: str, headers: Headers, body: bytes, query: Query) -> Answer | None:
        account_id, region, principal = adapter.scope_of_request()
        key = adapter.access_key_of(headers, query)
        request = Request(method, path, headers, body, query, f"{region}:{account_id}")
        refused = implicit.first_refusal(key, steps(request))
        if refused is None:
            return None
        return adapter.permission_refusal(service, refused.action, principal, refused.resource, headers)

    return check
