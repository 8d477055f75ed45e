"""Which resources hold what can't be made again, so that their replacement or removal is refused at first."""

from collections.abc import Mapping
from typing import Any

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
