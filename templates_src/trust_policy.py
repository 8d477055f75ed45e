"""Who may assume a role, and what the policy of a bucket, key or topic lets others do."""

from collections.abc import Sequence
from typing import Any

from awacs import sts
from awacs.aws import (
    Action,
    Allow,
    ArnEquals,
    ArnLike,
    Condition,
    ConditionElement,
    PolicyDocument,
    Principal,
    Statement,
    StringEquals,
)
from troposphere import AWSHelperFn, Ref, Sub

from templates_src.permissions import EVERY_RESOURCE


def unlimited_service_trust(service: str) -> PolicyDocument:
    """Let ``service`` assume the role, whatever for: only where AWS documents no condition that it would meet."""
    return _trust(service)


def service_trust(service: str, source: AWSHelperFn, *, is_pattern: bool = False) -> PolicyDocument:
    """Let ``service`` (such as ``codebuild.amazonaws.com``) assume the role, for the ARN ``source`` alone.

    The conditions keep another account from having the service act for it (the confused deputy).
    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    conditions: list[ConditionElement] = [
        StringEquals("aws:SourceAccount", Ref("AWS::AccountId")),
        (ArnLike if is_pattern else ArnEquals)("aws:SourceArn", source),
    ]
    return _trust(service, Condition=Condition(conditions))


def _trust(service: str, **limits: Condition) -> PolicyDocument:
    principal = Principal("Service", service)
    statement = Statement(Sid="AssumedByService", Effect=Allow, Principal=principal, Action=[sts.AssumeRole], **limits)
    return PolicyDocument(Version="2012-10-17", Statement=[statement])


def allow_service(
    sid: str, service: str | AWSHelperFn, actions: Sequence[Action], resources: Sequence[Any], *tests: ConditionElement
) -> Statement:
    """Allow a service, such as ``logging.s3.amazonaws.com``, what it does under all of ``tests``."""
    return _allow(sid, Principal("Service", service), actions, resources, tests)


def allow_account(sid: str, actions: Sequence[Action], *tests: ConditionElement) -> Statement:
    """Allow whom IAM allows to use a key, of which the resource "*" is the key itself.

    Without the account as principal, nobody could change it.
    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    account = Principal("AWS", Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root"))
    return _allow(sid, account, actions, EVERY_RESOURCE, tests)


def _allow(
    sid: str, who: Principal, actions: Sequence[Action], resources: Sequence[Any], tests: Sequence[ConditionElement]
) -> Statement:
    limits = {"Condition": Condition(list(tests))} if tests else {}
    return Statement(Sid=sid, Effect=Allow, Principal=who, Action=list(actions), Resource=list(resources), **limits)
