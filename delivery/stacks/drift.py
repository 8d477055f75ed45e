"""What was changed by hand in the resources of a stack, as far as CloudFormation detects it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from delivery.aws.polling import pauses
from delivery.aws.session import Aws
from reporting.errors import CannotRunError

DETECTABLE = frozenset(
    {
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "UPDATE_ROLLBACK_FAILED",
    }
)
"""The states of a stack in which drift is detected, by the page above."""
LONGEST_VALUE = 60
REMEDY = "Undo it by hand or put it into the template: a deployment corrects only what the template changes too."


@dataclass(frozen=True)
class Difference:
    """One property: what the template says and what is there, as CloudFormation writes them."""

    path: str
    expected: str
    actual: str


@dataclass(frozen=True)
class DriftedResource:
    """A resource that was changed, with its ``differences``, or deleted, which has none."""

    logical_id: str
    type: str
    deleted: bool
    differences: Sequence[Difference]


def detect(aws: Aws, stack: str, minutes: float) -> Sequence[DriftedResource]:
    """Have CloudFormation look at the stack's resources and return those that are not as its template says.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DetectStackDrift.html
    """
    detection = aws.cloudformation.detect_stack_drift(StackName=stack)["StackDriftDetectionId"]
    for _seconds in pauses(minutes):
        status = aws.cloudformation.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
        if status["DetectionStatus"] == "DETECTION_COMPLETE":
            return _found(aws, stack)
        if status["DetectionStatus"] == "DETECTION_FAILED":
            reason = status.get("DetectionStatusReason") or "AWS reports no reason"
            raise CannotRunError(f"{stack}: changes made by hand could not be detected: {reason}.")
    raise CannotRunError(f"{stack}: the detection of changes made by hand has not ended after {minutes:g} minutes.")


def lines(stack: str, drifted: Sequence[DriftedResource]) -> Iterator[str]:
    """Yield what a person reads: a line for each resource and property, and what to do."""
    if not drifted:
        yield f"{stack}: no changes by hand were detected."
        return
    yield f"{stack}: changed by hand since its last deployment:"
    for one in drifted:
        yield f"  {one.logical_id}  {one.type}  {'deleted' if one.deleted else 'changed'}"
        for difference in one.differences:
            yield f"    {difference.path}: {_short(difference.expected)} is now {_short(difference.actual)}"
    yield f"  {REMEDY}"


def _found(aws: Aws, stack: str) -> Sequence[DriftedResource]:
    found, token = [], ""
    while True:
        following: Any = {"NextToken": token} if token else {}
        page = aws.cloudformation.describe_stack_resource_drifts(
            StackName=stack, StackResourceDriftStatusFilters=["MODIFIED", "DELETED"], **following
        )
        for one in page["StackResourceDrifts"]:
            differences = [
                Difference(said["PropertyPath"], said.get("ExpectedValue", ""), said.get("ActualValue", ""))
                for said in one.get("PropertyDifferences", [])
            ]
            deleted = one["StackResourceDriftStatus"] == "DELETED"
            found.append(DriftedResource(one["LogicalResourceId"], one["ResourceType"], deleted, differences))
        token = page.get("NextToken") or ""
        if not token:
            return found


def _short(value: str) -> str:
    return value if len(value) <= LONGEST_VALUE else f"{value[: LONGEST_VALUE - 1]}…"
