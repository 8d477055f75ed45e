"""Two services release through one bucket: neither's roles can read or write what the other's pipeline keeps there."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.services.codepipeline.engine.artifacts import new_location
from proofs.policies.build import read_roles
from system_model.roles import Role, policies_of
from tests.local_aws.cloudformation.stack_driver import StackDriver
from tests.local_aws_fixture import LocalAws
from tests.two_services import SECOND, templates_of_two_services

FIRST = "backend-flask"
PIPELINES = {FIRST: "cruddur-backend-fargate", SECOND: f"cruddur-{SECOND}"}
ARTIFACTS = ("SourceArtifact", "securityReports", "imageDefinition", "attestations")
MAY = {
    "TestRole": {("get", "SourceArtifact")},
    "SecureRole": {("get", "SourceArtifact"), ("put", "securityReports")},
    "BakeImageRole": {
        ("get", "SourceArtifact"),
        ("get", "securityReports"),
        ("put", "imageDefinition"),
        ("put", "attestations"),
    },
    "AdmitRole": {("get", "SourceArtifact"), ("get", "imageDefinition"), ("get", "attestations")},
    "PipelineRole": {(verb, artifact) for verb in ("get", "put") for artifact in ARTIFACTS},
}
"""What each role does with its own pipeline's artifacts."""


class Bucket:
    """A real bucket with an artifact of each kind of both pipelines, and the roles of both beside it."""

    def __init__(self, aws: LocalAws, roles: list[Role]) -> None:
        self.aws = aws
        self.name = f"artifacts-{uuid.uuid4().hex[:10]}"
        self.stack = StackDriver(aws)
        self.arns: dict[tuple[str, str], str] = {}
        assert self.stack.create({"Resources": self._resources(roles)}, Capabilities=["CAPABILITY_NAMED_IAM"]) == (
            "CREATE_COMPLETE"
        )
        self.keys = {
            (service, artifact): new_location(self.name, pipeline, artifact).key
            for service, pipeline in PIPELINES.items()
            for artifact in ARTIFACTS
        }

    def _resources(self, roles: list[Role]) -> dict[str, Any]:
        trust = {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{self.aws.account_id}:user/deployer"},
            "Action": "sts:AssumeRole",
        }
        made: dict[str, Any] = {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": self.name}}}
        for number, role in enumerate(one for one in roles if one.id in MAY):
            service = role.stack.removeprefix("cruddur-").removesuffix("-pipeline")
            policies = [
                {"PolicyName": name, "PolicyDocument": self._about_this_bucket(document)}
                for name, document in policies_of(role).items()
            ]
            name = f"{self.stack.name}-{number}"
            self.arns[service, role.id] = f"arn:aws:iam::{self.aws.account_id}:role/{name}"
            properties = {
                "RoleName": name,
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
                "Policies": policies,
            }
            made[f"Role{number}"] = {"Type": "AWS::IAM::Role", "Properties": properties}
        return made

    def _about_this_bucket(self, document: Mapping[str, Any]) -> Any:
        return json.loads(json.dumps(document).replace(":::artifactbucket", f":::{self.name}"))

    def client(self, service: str, role: str) -> Any:
        """Return boto3's client of S3 under a role."""
        return self.aws.client("s3", self.aws.session(self.arns[service, role]))

    def fill(self) -> None:
        """Let each pipeline store its artifacts."""
        for (service, _), key in self.keys.items():
            self.client(service, "PipelineRole").put_object(Bucket=self.name, Key=key, Body=service.encode())

    def may(self, client: Any, verb: str, key: str) -> bool:
        """Return whether a client can read or overwrite an object."""
        try:
            if verb == "get":
                client.get_object(Bucket=self.name, Key=key)
            else:
                client.put_object(Bucket=self.name, Key=key, Body=b"overwritten")
        except ClientError as error:
            assert error.response["Error"]["Code"] == "AccessDenied"  # noqa: PT017 - any other error is a fault of the test
            return False
        return True


@pytest.fixture(scope="module")
def bucket(local_aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Bucket:
    files = templates_of_two_services(tmp_path_factory.mktemp("two"))
    templates = {name.removesuffix(".json"): one for name, one in files.items() if name != "manifest.json"}
    made = Bucket(local_aws, read_roles(templates))
    made.fill()
    return made


@pytest.mark.parametrize("role", MAY)
@pytest.mark.parametrize("service", PIPELINES)
def test_a_role_reaches_its_own_artifacts_and_none_of_the_others(bucket: Bucket, service: str, role: str) -> None:
    client = bucket.client(service, role)
    reached = {
        (owner, verb, artifact)
        for (owner, artifact), key in bucket.keys.items()
        for verb in ("get", "put")
        if bucket.may(client, verb, key)
    }
    assert reached == {(service, verb, artifact) for verb, artifact in MAY[role]}
