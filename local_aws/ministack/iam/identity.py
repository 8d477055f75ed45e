"""Principals of MiniStack's IAM: users and keys, the one root, roles and sessions, and what their policies allow.

MiniStack itself takes no key at all, ``test``, every twelve digits and one key of the environment for root, and checks
the signature of none of them.
"""

import contextvars
import hmac
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.services import iam, sts

from local_aws.ministack.adapter import acting_in, call_quietly


@dataclass(frozen=True)
class Session:
    """Temporary credentials; ``expires`` in epoch seconds."""

    access_key_id: str
    secret_access_key: str
    session_token: str
    expires: float


def put_user(account_id: str, region: str, name: str, access_key_id: str, secret: str, policy: dict[str, Any]) -> None:
    """Have a user of that ``name`` with one inline policy and one active access key, and no other key of that id."""
    with acting_in(account_id, region):
        if name not in iam._users:
            call_quietly(iam._create_user, UserName=name)
        call_quietly(
            iam._put_user_policy,
            UserName=name,
            PolicyName=name,
            PolicyDocument=json.dumps(policy),
        )
        iam._access_keys[access_key_id] = {
            "UserName": name,
            "AccessKeyId": access_key_id,
            "SecretAccessKey": secret,
            "Status": "Active",
            "CreateDate": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }


def key_of_user(account_id: str, region: str, name: str) -> tuple[str, str] | None:
    """Return the id and secret of a user's active access key; ``None`` where there is none."""
    with acting_in(account_id, region):
        return next(
            (
                (key_id, record["SecretAccessKey"])
                for key_id, record in iam._access_keys.items()
                if record["UserName"] == name and record["Status"] == "Active"
            ),
            None,
        )


def role_trust(account_id: str, role_name: str) -> dict[str, Any] | None:
    """Return the trust policy of a role; None where there is no such role."""
    role = iam._roles.get_scoped(account_id, None, role_name)
    if role is None:
        return None
    document = role.get("AssumeRolePolicyDocument") or {}
    parsed: dict[str, Any] = json.loads(document) if isinstance(document, str) else document
    return parsed


def trust_lets_service_in(trust: dict[str, Any], service: str, context: dict[str, Any], role_arn: str) -> bool:
    """Return whether a trust policy lets the named service assume its role under these condition keys."""
    request = iam_evaluator.EvalContext(
        principal_arn=service,
        principal_type="AWSService",
        principal_account=role_arn.split(":")[4],
        action="sts:AssumeRole",
        resource_arn=role_arn,
        region="",
        secure_transport=True,
        service_context={key.lower(): value for key, value in context.items()},
    )
    return bool(iam_evaluator.evaluate_trust_policy(trust_in_service(trust, service), service, request))


def trust_in_service(trust: dict[str, Any], service: str) -> dict[str, Any]:
    """Return what a trust policy says of the named service, as the evaluator can read it for a service."""
    statements = trust.get("Statement", [])
    named = [
        {**statement, "Principal": {"AWS": "*"}}
        for statement in ([statements] if isinstance(statements, dict) else statements)
        if _names_service(statement.get("Principal"), service)
    ]
    return {"Statement": named}


def _names_service(principal: object, service: str) -> bool:
    named = principal.get("Service", []) if isinstance(principal, dict) else principal
    return service in named or "*" in named if isinstance(named, list) else named in {"*", service}


def open_session(role_arn: str, session_name: str, seconds: int) -> Session:
    """Make credentials of a session of ``role_arn`` that MiniStack honours like those of AssumeRole."""
    session = Session(
        access_key_id=iam._gen_session_access_key(),
        secret_access_key=secrets.token_urlsafe(30),
        session_token=secrets.token_urlsafe(96),
        expires=time.time() + seconds,
    )
    account_id, role_name = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
    sts.register_session(
        session.access_key_id,
        {
            "Arn": f"arn:aws:sts::{account_id}:assumed-role/{role_name}/{session_name}",
            "UserId": f"{sts._role_id(role_arn)}:{session_name}",
            "SecretAccessKey": session.secret_access_key,
            "SessionToken": session.session_token,
            "Expiration": session.expires,
            "AccountId": account_id,
            "PrincipalType": "AssumedRole",
            "SessionTags": [],
            "SessionPolicies": None,
        },
    )
    return session


def is_allowed(
    access_key_id: str, action: str, service: str, region: str, resource_arn: str, keys: dict[str, Any] | None = None
) -> bool:
    """Return whether the policies behind an access key allow an action, with the resource's own policy considered.

    ``keys`` are the condition keys that the request carries.
    """
    return iam_evaluator.enforce(access_key_id, action, service, region, resource_arn, keys) is None


def service_may(
    access_key_id: str, action: str, resource_arn: str, keys: dict[str, Any], where: tuple[str, str]
) -> bool:
    """Return whether a service may do ``action`` in the name of an access key's principal.

    ``keys`` are the condition keys of the action; ``where`` is account id and region. Services speak TLS to each other.
    """

    def ask() -> bool:
        iam_evaluator.pin_request_origin("127.0.0.1", True)  # noqa: FBT003 - MiniStack's own signature
        service = action.partition(":")[0]
        with acting_in(*where):
            return iam_evaluator.enforce(access_key_id, action, service, where[1], resource_arn, keys) is None

    return contextvars.copy_context().run(ask)


@dataclass(frozen=True)
class NoCredential:
    """Why there is no credential: AWS's error code and message."""

    code: str
    message: str


def secret_of(access_key_id: str, session_token: str, account_id: str) -> str | NoCredential:
    """Return the secret of an active key, whose session's token must be the one that was given out with it."""
    unknown = NoCredential("UnrecognizedClientException", "The security token included in the request is invalid.")
    try:
        account = iam_evaluator.find_iam_access_key_account(access_key_id) or account_id
    except iam_evaluator.AmbiguousAccessKeyError:
        return unknown
    found = iam_evaluator.resolve_credential(access_key_id, account, session_token)
    if isinstance(found, iam_evaluator.ResolvedCredential):
        return str(found.secret_access_key)
    # A session's key without any token is as good as unknown.
    is_without_token = found.code == "InvalidToken" and not session_token
    return unknown if is_without_token else NoCredential(found.code, found.message)


def principal_of(access_key_id: str, account_id: str) -> str | None:
    """Return the ARN of the principal behind an access key; None where the key is unknown, inactive or too old."""
    credential = iam_evaluator.resolve_credential(access_key_id, account_id)
    return credential.principal_arn if isinstance(credential, iam_evaluator.ResolvedCredential) else None


def let_trust_name_principals() -> None:
    """Let a trust policy that names a principal of its own account be enough to assume the role, as on AWS.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html
    """
    original = iam_evaluator.enforce

    def enforce(
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401
        denied = original(access_key_id, iam_action, service, region, resource_arn, service_context)
        implicit = isinstance(denied, iam_evaluator.EvalResult) and denied.decision == "ImplicitDeny"
        if implicit and iam_action == "sts:AssumeRole" and trust_names(resource_arn, denied.principal_arn):
            return None
        return denied

    iam_evaluator.enforce = enforce


def trust_names(role_arn: str, principal_arn: str) -> bool:
    """Return whether a role's trust policy names a principal of the role's own account."""
    if role_arn.count(":") < 5 or role_arn.split(":")[4] != principal_arn.split(":")[4]:  # noqa: PLR2004 - an ARN's
        return False
    trust = role_trust(role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]) or {}
    statements = trust.get("Statement", [])
    return any(
        statement.get("Effect") == "Allow"
        and iam_evaluator._names_caller_directly(statement.get("Principal"), principal_arn)
        for statement in ([statements] if isinstance(statements, dict) else statements)
    )


def name_resources_in_refusals() -> None:
    """Have each refusal say on which resource the action was wanted, as AWS's do."""
    original = iam_actions.access_denied_response

    def access_denied_response(
        service: str,
        action: str,
        principal_arn: str,
        request_id: str,
        **more: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        if not more.get("message") and not more.get("error_code") and not more.get("resource_policy_arn"):
            explicit = bool(more.get("explicit_deny"))
            resource = more.get("resource_arn", "*")
            more["message"] = iam_actions.identity_denial_message(action, principal_arn, resource, explicit)
        return original(service, action, principal_arn, request_id, **more)

    iam_actions.access_denied_response = access_denied_response


_NOT_CHECKED = iam_evaluator._SESSION_TOKEN_NOT_CHECKED


def use_as_only_root(access_key_id: str, secret: str, account_id: str) -> None:
    """Have this key be the account's root, and no other key anyone's root."""
    original = iam_evaluator.resolve_credential
    root = iam_evaluator.ResolvedCredential(
        access_key_id=access_key_id,
        secret_access_key=secret,
        account_id=account_id,
        principal_arn=f"arn:aws:iam::{account_id}:root",
        principal_id=account_id,
        principal_type="Root",
        source_access_key_id=access_key_id,
    )

    def resolve_credential(key: str, account: str | None = None, session_token: Any = _NOT_CHECKED) -> Any:  # noqa: ANN401
        if hmac.compare_digest(key.encode(), access_key_id.encode()):
            return root if session_token in {_NOT_CHECKED, "", None} else iam_evaluator._invalid_session_token()
        return original(key, account, session_token)

    for module in (iam_evaluator, sts):
        module.is_root_access_key = _is_never_root
        module.resolve_credential = resolve_credential


def _is_never_root(_access_key_id: str) -> bool:
    return False
