"""Who may assume a role: one service, acting for one thing of this account."""

from awacs import sts
from awacs.aws import (
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
from troposphere import AWSHelperFn, Ref


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
