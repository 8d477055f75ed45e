"""A request put to MiniStack's evaluator again: under the same policies or others, with the condition keys given."""

import json
from collections.abc import Mapping
from typing import Any

from ministack.core import iam_evaluator
from ministack.services import iam, tagging

from local_aws.ministack.adapter import acting_in
from local_aws.ministack.iam import identity
from local_aws.ministack.iam.condition_keys import FixedRequest
from local_aws.ministack.iam.decisions import Decision, decided, of_trust, tracing
from local_aws.ministack.iam.policies import (
    Document,
    boundary_of_role,
    policies_of_role,
    policies_of_user,
    read_documents,
)

_SESSION = "replay"
_ASSUME = "sts:AssumeRole"


def knows(account_id: str, principal_arn: str) -> bool:
    """Return whether there is such a role or user."""
    store = iam._roles if ":role/" in principal_arn else iam._users
    return store.get_scoped(account_id, None, principal_arn.rpartition("/")[2]) is not None


def decide_again(
    request: Mapping[str, Any], policies: Mapping[str, Document] | None, account_id: str, region: str
) -> Decision:
    """Decide on ``principal``, ``action``, ``resource`` and ``context``, whose keys with None are absent.

    ``policies``, by their names, stand in for the principal's identity policies; for a service that takes a role, the
    first stands in for the role's trust policy. What ``context`` does not name is as in a request of this moment.
    """
    given = dict(request.get("context") or {})
    with acting_in(account_id, region):
        asked = _asked(request, given, account_id, region)
        if asked.principal_type == "AWSService":
            return _of_service(asked, policies)
        found = _own_policies(asked, account_id) if policies is None else read_documents(policies)
        decision = _of_principal(asked, found, given)
        if asked.action == _ASSUME and decision.allowed:
            trust = identity.role_trust(account_id, asked.resource_arn.rpartition("/")[2]) or {}
            lets_in = iam_evaluator.evaluate_trust_policy(trust, asked.principal_arn, asked)
            return decision if lets_in else of_trust(trust, asked, allowed=False)
        return decision


def _asked(request: Mapping[str, Any], given: Mapping[str, Any], account_id: str, region: str) -> FixedRequest:
    principal, name = str(request["principal"]), str(request["principal"]).rpartition("/")[2]
    kinds = {":role/": "AssumedRole", ":user/": "User"}
    kind = next((kind for mark, kind in kinds.items() if mark in principal), "AWSService")
    is_role = kind == "AssumedRole"
    holder = (iam._roles if is_role else iam._users).get_scoped(account_id, None, name) or {}
    return FixedRequest(
        principal_arn=f"arn:aws:sts::{account_id}:assumed-role/{name}/{_SESSION}" if is_role else principal,
        principal_type=kind,
        principal_account=account_id,
        action=str(request["action"]),
        resource_arn=str(request["resource"]),
        region=region,
        source_ip="127.0.0.1",
        secure_transport=True,
        principal_keys={f"aws:principaltag/{tag['Key'].lower()}": tag["Value"] for tag in holder.get("Tags") or []},
        service_context={"aws:tagkeys": None},
        fixed={key.lower(): value for key, value in given.items()},
    )


def _own_policies(asked: FixedRequest, account_id: str) -> Any:  # noqa: ANN401 - MiniStack is untyped here
    if asked.principal_type == "User":
        return policies_of_user(asked.principal_arn.rpartition("/")[2], account_id)
    return policies_of_role(asked.principal_arn.split("/")[1], account_id)


def _of_service(asked: FixedRequest, policies: Mapping[str, Document] | None) -> Decision:
    account_id, name = asked.principal_account, asked.resource_arn.rpartition("/")[2]
    trust = identity.role_trust(account_id, name) if policies is None else next(iter(policies.values()), {})
    read = json.loads(trust) if isinstance(trust, str) else dict(trust or {})
    named = identity.trust_in_service(read, asked.principal_arn)
    allowed = bool(iam_evaluator.evaluate_trust_policy(named, asked.principal_arn, asked))
    return of_trust(named, asked, allowed=allowed)


def _of_principal(asked: FixedRequest, policies: Any, given: Mapping[str, Any]) -> Decision:  # noqa: ANN401 - the same
    """Decide as ``iam_evaluator.enforce`` does once it knows the principal."""
    if iam_evaluator._names_condition_key(policies, "aws:resourcetag/"):
        tags = tagging.resource_tags(asked.resource_arn) or {}
        asked.service_context.update({f"aws:resourcetag/{name}".lower(): value for name, value in tags.items()})
    is_role = asked.principal_type == "AssumedRole"
    limits = boundary_of_role(asked.principal_arn.split("/")[1], asked.principal_account) if is_role else []
    service = asked.action.partition(":")[0]
    with tracing() as trace:
        result = iam_evaluator.evaluate(asked, policies, *limits)
        own = iam_evaluator._resource_policy(service, asked.resource_arn)
        if own is not None:
            required = service in iam_evaluator._POLICY_REQUIRED
            result = iam_evaluator.combine_resource_policy(result, asked, *own, required=required, limits=limits)
    allowed = result.decision == "Allow"
    if result.decision == "ImplicitDeny" and asked.action == _ASSUME:
        allowed = identity.trust_names(asked.resource_arn, asked.principal_arn)
    return decided(trace, allowed=allowed, given=given)
