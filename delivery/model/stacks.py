"""What stands in the account: a stack as CloudFormation describes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from delivery.aws.errors import RefusedByAwsError
from delivery.aws.session import Aws
from delivery.model.manifest import OutputOfStack

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackTypeDef


HIDDEN = "****"
"""What CloudFormation answers for the value of a NoEcho parameter."""


@dataclass(frozen=True)
class Output:
    """One output of a stack."""

    name: str
    value: str
    description: str


@dataclass(frozen=True)
class StackState:
    """A stack that exists. ``status`` is CloudFormation's own word, such as ``UPDATE_COMPLETE``."""

    name: str
    id: str
    status: str
    reason: str
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    outputs: Sequence[Output]
    protected: bool
    """Whether termination protection is on."""

    def output(self, name: str) -> str | None:
        """Return the value of the output ``name``; ``None`` where there is none."""
        return next((output.value for output in self.outputs if output.name == name), None)


@dataclass(frozen=True)
class Resource:
    """One resource of a stack. ``physical_id`` is empty before it was created."""

    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str

    @property
    def is_there(self) -> bool:
        """Whether the stack has it: it was made, and neither deleted nor left behind."""
        return bool(self.physical_id) and self.status not in GONE


GONE = ("DELETE_COMPLETE", "DELETE_SKIPPED")
"""Statuses of resources that a stack has no more."""


def find(aws: Aws, name: str) -> StackState | None:
    """Describe the stack of that name or id; ``None`` where there is none (a deleted one is found by its id alone)."""
    try:
        found = aws.cloudformation.describe_stacks(StackName=name)["Stacks"]
    except RefusedByAwsError as refusal:
        if refusal.says_missing:
            return None
        raise
    return _standing(found[0]) if found else None


def template(aws: Aws, name: str) -> Mapping[str, Any]:
    """Return the template that the stack was last deployed with, as it was sent; empty where it never had one."""
    try:
        body = aws.cloudformation.get_template(StackName=name, TemplateStage="Original").get("TemplateBody")
    except RefusedByAwsError as refusal:
        if refusal.says_missing or refusal.code == "ValidationError":
            return {}
        raise
    return body if isinstance(body, dict) else {"Text": body}


def resources(aws: Aws, name: str) -> Sequence[Resource]:
    """List the resources of the stack, also those that were deleted or left behind by it."""
    pages = aws.cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
    return [
        Resource(
            logical_id=summary["LogicalResourceId"],
            physical_id=summary.get("PhysicalResourceId", ""),
            type=summary["ResourceType"],
            status=summary["ResourceStatus"],
            reason=summary.get("ResourceStatusReason", ""),
        )
        for page in pages
        for summary in page["StackResourceSummaries"]
    ]


def value(wanted: OutputOfStack, standing: Sequence[StackState]) -> str | None:
    """Return the value of an output of one of the ``standing`` stacks; ``None`` where there is none."""
    return next((one.output(wanted.output) for one in standing if one.name == wanted.stack), None)


def _standing(found: StackTypeDef) -> StackState:
    return StackState(
        name=found["StackName"],
        id=found.get("StackId", found["StackName"]),
        status=found["StackStatus"],
        reason=found.get("StackStatusReason", ""),
        parameters={item["ParameterKey"]: item.get("ParameterValue", "") for item in found.get("Parameters", [])},
        tags={tag["Key"]: tag["Value"] for tag in found.get("Tags", [])},
        outputs=[
            Output(item["OutputKey"], item.get("OutputValue", ""), item.get("Description", ""))
            for item in found.get("Outputs", [])
        ],
        protected=bool(found.get("EnableTerminationProtection", False)),
    )
