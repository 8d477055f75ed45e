"""What CloudFormation's validation before an operation found; its events say more than the stack's own do.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from delivery.aws.errors import RefusedByAwsError
from delivery.aws.session import Aws

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import OperationEventTypeDef


def failures_of_change_set(aws: Aws, change_set_id: str) -> Sequence[str]:
    """Return what was found when a change set was made, one line each."""
    try:
        return _lines(aws.cloudformation.describe_events(ChangeSetName=change_set_id)["OperationEvents"])
    except RefusedByAwsError:  # the right to read these events is a new one; the reason alone has to do
        return []


def failures_of_stack(aws: Aws, stack_id: str) -> Sequence[str]:
    """Return what was found when the stack's last operation began, one line each."""
    try:
        return _lines(aws.cloudformation.describe_events(StackName=stack_id)["OperationEvents"])
    except RefusedByAwsError:  # as above
        return []


def _lines(events: Sequence[OperationEventTypeDef]) -> Sequence[str]:
    return [
        f"{event.get('LogicalResourceId', '')} ({event.get('ResourceType', '')}) at {event.get('ValidationPath', '')}: "
        f"{event.get('ValidationStatusReason', '')}"
        for event in events
        if event.get("ValidationStatus") == "FAILED"
    ]
