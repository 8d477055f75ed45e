"""What deleting a stack would do: which resources go with it, which stay, and which can't be made again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from delivery.aws.session import Aws
from delivery.model import stacks
from delivery.model.stacks import Resource, StackState

KEEPING_POLICIES = ("Retain", "RetainExceptOnCreate", "Snapshot")
"""A template that gives a resource one of these says that it matters.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html"""

TYPES: Mapping[str, str] = {
    "AWS::CodeConnections::Connection": "its handshake with GitHub is lost",
    "AWS::CodeStarConnections::Connection": "its handshake with GitHub is lost",
    "AWS::Cognito::UserPool": "its users are lost",
    "AWS::DynamoDB::GlobalTable": "its items are lost",
    "AWS::DynamoDB::Table": "its items are lost",
    "AWS::EC2::Volume": "its blocks are lost",
    "AWS::ECR::Repository": "its images are lost",
    "AWS::EFS::FileSystem": "its files are lost",
    "AWS::KMS::Key": "what it encrypted can't be read any more",
    "AWS::KMS::ReplicaKey": "what it encrypted can't be read any more",
    "AWS::Logs::LogGroup": "its log events are lost",
    "AWS::RDS::DBCluster": "its data are lost",
    "AWS::RDS::DBInstance": "its data are lost",
    "AWS::S3::Bucket": "its objects are lost",
    "AWS::SecretsManager::Secret": "its value is lost",
}
"""What goes with a resource of these types, whatever its policies say."""


def loss(kind: str, declared: Mapping[str, Any]) -> str | None:
    """Say what is lost with a resource of type ``kind`` that a template declares so; ``None`` where nothing is."""
    if kind in TYPES:
        return TYPES[kind]
    policies = (declared.get("DeletionPolicy"), declared.get("UpdateReplacePolicy"))
    return "its template says to keep it" if any(policy in KEEPING_POLICIES for policy in policies) else None


def is_kept(declared: Mapping[str, Any]) -> bool:
    """Return whether the resource itself stays in the account when its stack lets go of it."""
    return declared.get("DeletionPolicy") in KEEPING_POLICIES


@dataclass(frozen=True)
class Removal:
    """One stack, the resources that would be deleted with it, and those that would stay in the account."""

    standing: StackState
    deleted: Sequence[Resource]
    retained: Sequence[Resource]
    losses: Sequence[str]
    """What would be lost with the deleted ones, one sentence each."""


def plan(aws: Aws, standing: StackState) -> Removal:
    """Sort the resources of the stack by the deletion policies of the template that it was deployed with."""
    declared = stacks.template(aws, standing.id).get("Resources") or {}
    present = [one for one in stacks.resources(aws, standing.id) if one.is_there]
    retained = [one for one in present if is_kept(declared.get(one.logical_id, {}))]
    deleted = [one for one in present if one not in retained]
    return Removal(standing, deleted, retained, _losses(deleted))


def _losses(deleted: Sequence[Resource]) -> Sequence[str]:
    return [
        f"{one.logical_id} ({one.type}) {one.physical_id}: {TYPES[one.type]}" for one in deleted if one.type in TYPES
    ]
