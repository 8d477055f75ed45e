"""A stack of a test's own, driven by boto3 as an outside client: made, changed, and what was told of it."""

import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.local_aws_fixture import LocalAws

Template = Mapping[str, Any]
_AT_REST = ("_COMPLETE", "_FAILED")


@dataclass
class StackDriver:
    """One stack, under a name that no other test has."""

    aws: LocalAws
    name: str = field(default_factory=lambda: f"s{uuid.uuid4().hex[:10]}")
    seconds: float = 15

    def __post_init__(self) -> None:
        self.client = self.aws.client("cloudformation")
        self._told = 0

    def create(self, template: Template, **more: Any) -> str:
        """Create the stack; give its status when it rests."""
        self.client.create_stack(StackName=self.name, TemplateBody=json.dumps(template), **more)
        return self.rest()

    def update(self, template: Template, **more: Any) -> str:
        """Update the stack directly; give its status when it rests."""
        self._told = len(self._events())
        self.client.update_stack(StackName=self.name, TemplateBody=json.dumps(template), **more)
        return self.rest()

    def delete(self) -> str:
        """Delete the stack; give its status when it rests."""
        stack_id = self.client.describe_stacks(StackName=self.name)["Stacks"][0]["StackId"]
        self._told = len(self._events())
        self.client.delete_stack(StackName=self.name)
        return self.rest(stack_id)

    def change_set(self, template: Template, kind: str = "UPDATE", **more: Any) -> Any:
        """Create a change set; give its description."""
        name = f"c{uuid.uuid4().hex[:8]}"
        words = {"StackName": self.name, "ChangeSetName": name}
        self.client.create_change_set(**words, ChangeSetType=kind, TemplateBody=json.dumps(template), **more)
        return self.client.describe_change_set(**words)

    def execute(self, change_set: Mapping[str, Any]) -> str:
        """Execute a change set; give the stack's status when it rests."""
        self._told = len(self._events())
        self.client.execute_change_set(ChangeSetName=change_set["ChangeSetId"])
        return self.rest()

    def rest(self, stack: str = "") -> str:
        """Wait until nothing is in progress; give the status."""
        for _ in range(int(self.seconds / 0.05)):
            status = str(self.client.describe_stacks(StackName=stack or self.name)["Stacks"][0]["StackStatus"])
            if status.endswith(_AT_REST):
                return status
            time.sleep(0.05)
        raise AssertionError(f"{self.name} is in {status}")

    def told(self) -> list[tuple[str, str]]:
        """Give (logical id, status) of the resources' events since the last operation began, oldest first."""
        return [
            (event["LogicalResourceId"], event["ResourceStatus"])
            for event in self._events()[self._told :]
            if event["ResourceType"] != "AWS::CloudFormation::Stack"
        ]

    def reasons(self) -> str:
        """Return every reason that the stack's events tell."""
        return "\n".join(event.get("ResourceStatusReason", "") for event in self._events())

    def outputs(self) -> dict[str, str]:
        found = self.client.describe_stacks(StackName=self.name)["Stacks"][0].get("Outputs", [])
        return {output["OutputKey"]: output["OutputValue"] for output in found}

    def resources(self) -> dict[str, str]:
        """Return the status of each resource that the stack lists."""
        found = self.client.list_stack_resources(StackName=self.name)["StackResourceSummaries"]
        return {resource["LogicalResourceId"]: resource["ResourceStatus"] for resource in found}

    def _events(self) -> list[Any]:
        pages = self.client.get_paginator("describe_stack_events").paginate(StackName=self.name)
        return [event for page in pages for event in page["StackEvents"]][::-1]


def actions(change_set: Mapping[str, Any]) -> dict[str, str]:
    """Return what a change set would do, by logical id."""
    changes = (change["ResourceChange"] for change in change_set["Changes"])
    return {change["LogicalResourceId"]: change["Action"] for change in changes}
