"""What the policy of a bucket, key or topic lets others do: an AWS service, or whom IAM of this account allows."""

from collections.abc import Sequence
from typing import Any

from awacs.aws import Action, Allow, Condition, ConditionElement, Principal, Statement
from troposphere import AWSHelperFn, Sub

from templates_src.permissions import EVERY_RESOURCE


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
