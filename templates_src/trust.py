"""Who may assume a role: one service, acting for this account and, where the service says for what, for one thing."""

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


def service_trust(service: str, source: AWSHelperFn | None = None, *, is_pattern: bool = False) -> PolicyDocument:
    """Let ``service`` (such as ``codebuild.amazonaws.com``) assume the role, for ``source`` alone if given.

    The conditions keep another account from having the service act for it (the confused deputy).
    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    conditions: list[ConditionElement] = [StringEquals("aws:SourceAccount", Ref("AWS::AccountId"))]
    if source is not None:
        conditions.append((ArnLike if is_pattern else ArnEquals)("aws:SourceArn", source))
    statement = Statement(
        Sid="AssumedByService",
        Effect=Allow,
        Principal=Principal("Service", service),
        Action=[sts.AssumeRole],
        Condition=Condition(conditions),
    )
    return PolicyDocument(Version="2012-10-17", Statement=[statement])
