"""Roles in the templates of tests."""

from collections.abc import Mapping, Sequence
from typing import Any

DEPLOYER = {"AWS": "arn:aws:iam::000000000000:user/deployer"}


def allow(actions: str | Sequence[str], resource: Any = "*", **more: Any) -> dict[str, Any]:
    """Return a statement."""
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **more}


def role(
    name: str,
    *statements: Mapping[str, Any],
    principal: Mapping[str, str] = DEPLOYER,
    policy: str = "all",
    **limits: Any,
) -> dict[str, Any]:
    """Return a role of that name, which ``principal`` may take on under ``limits``, with one policy."""
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    properties = {
        "RoleName": name,
        "AssumeRolePolicyDocument": {"Statement": [{**trust, **({"Condition": limits} if limits else {})}]},
        "Policies": [{"PolicyName": policy, "PolicyDocument": {"Statement": [*statements]}}],
    }
    return {"Type": "AWS::IAM::Role", "Properties": properties}
