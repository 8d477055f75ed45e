"""A pipeline with one release behind it, a key that one role may sign with, and the commands as a build runs them."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from troposphere import Template

from settings.project import load
from settings.root import PROJECT_ROOT, SETTINGS_FILE
from templates_src.pipeline.signing_key import signing_key
from tests.delivery.project import Project
from tests.delivery.releases.release_project import PASSING, ReleaseProject
from tests.local_aws.cloudformation.test_states import administrator_key
from tests.local_aws_fixture import LocalAws

IMAGE, COMMIT = "registry.example/web", "c0ffee"
BASE = "public.ecr.aws/docker/library/python:3.13-slim-bookworm"
RIGHTS = ("kms:*", "s3:*", "codepipeline:*")


@dataclass
class Gate:
    """What the bake and Admit work with. ``key`` is a real one, whose policy is the template's."""

    aws: LocalAws
    folder: Path
    pipeline: str
    execution: str
    signer: str
    key: str
    bucket: str

    def attest(self, image: str, role: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        words = ("attest", "--image", image, "--dockerfile", "web/Dockerfile")
        return self._run(role or self.signer, *words, **variables)

    def admit(self, image: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Admit what ``imagedefinitions.json`` names."""
        definitions = json.dumps([{"name": "web", "imageUri": image}])
        (self.folder / "imagedefinitions.json").write_text(definitions)
        return self._run("", "admit", **variables)

    def session(self, role: str) -> tuple[str, str, str]:
        """Return credentials of a role."""
        arn = f"arn:aws:iam::{self.aws.account_id}:role/{role}"
        return self.aws.session(arn, key=administrator_key(self.aws), RoleSessionName="bake")

    def client(self, service: str) -> Any:
        """Return the administrator's client."""
        return self.aws.client(service, administrator_key(self.aws))

    def _run(self, role: str, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        key, secret, token = self.session(role) if role else (*administrator_key(self.aws), "")
        told = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(PROJECT_ROOT),
            "AWS_ENDPOINT_URL": self.aws.endpoint_url,
            "AWS_DEFAULT_REGION": self.aws.region,
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            **({"AWS_SESSION_TOKEN": token} if token else {}),
            "CODEBUILD_BUILD_ARN": f"arn:aws:codebuild:{self.aws.region}:{self.aws.account_id}:build/bake:1",
            "CODEBUILD_BUILD_ID": "bake:1",
            "CODEBUILD_RESOLVED_SOURCE_VERSION": COMMIT,
            "CODEBUILD_SRC_DIR_securityReports": str(self.folder / "reports"),
            "CODEBUILD_SRC_DIR_imageDefinition": str(self.folder),
            "COMMIT": COMMIT,
            "SOURCE_REPOSITORY": "owner/shop",
            "CONTAINER_NAME": "web",
            "IMAGE_REPOSITORY": IMAGE,
            "PIPELINE_NAME": self.pipeline,
            "PIPELINE_EXECUTION": self.execution,
            "SIGNING_KEY": self.key,
            "ATTESTATION_BUCKET": self.bucket,
            "ATTESTATION_FOLDER": "web/attestatio",
            "REQUIRED_CHECKS": "Source/Source,Build/bake",
            "SERVICE_FOLDER": "web",
            "SEVERITY": "NONE",
            "UNFIXED": "report",
            "BASE_IMAGES": "public.ecr.aws/docker/library/python:*",
        }
        return subprocess.run(
            [sys.executable, "-P", "-m", "admission", *words],
            cwd=self.folder,
            env={**told, **variables},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture(scope="session")
def _released(tmp_path_factory: pytest.TempPathFactory, local_aws: LocalAws) -> ReleaseProject:
    made = ReleaseProject(Project(tmp_path_factory.mktemp("admission"), local_aws))
    made.commit(PASSING, message="First")
    made.deploy()
    done = made.run("release")
    assert done.code == 0, done.err
    return made


@pytest.fixture(scope="session")
def made_gate(tmp_path_factory: pytest.TempPathFactory, local_aws: LocalAws, _released: ReleaseProject) -> Gate:
    folder = tmp_path_factory.mktemp("gate")
    name = f"t{uuid.uuid4().hex[:10]}"
    administrator = administrator_key(local_aws)
    bucket, key = f"{name}-attestations", _key(local_aws, administrator, f"{name}-bake")
    local_aws.client("s3", administrator).create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": local_aws.region}
    )
    for role in (f"{name}-bake", f"{name}-other"):
        _make_role(local_aws, administrator, role)
    (folder / "web").mkdir()
    (folder / "web" / "Dockerfile").write_text(f"ARG BASE={BASE}\nFROM ${{BASE}}\nUSER 10001\n")
    (folder / "reports").mkdir()
    (folder / "reports" / "results.json").write_text("[]")
    execution = _released.executions()[0]["pipelineExecutionId"]
    return Gate(local_aws, folder, _released.name, execution, f"{name}-bake", key, bucket)


def _key(aws: LocalAws, administrator: tuple[str, str], signer: str) -> str:
    """Make a key as the template does, for another role."""
    arn = f"arn:aws:iam::{aws.account_id}:role/{signer}"
    (service,) = load(SETTINGS_FILE).services
    template = Template()
    template.add_resource(signing_key(service, arn))  # type: ignore[arg-type]
    made: Mapping[str, Any] = template.to_dict()["Resources"]["SigningKey"]["Properties"]
    policy = json.loads(
        json.dumps(made["KeyPolicy"]).replace(
            '{"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}',
            f'"arn:aws:iam::{aws.account_id}:root"',
        )
    )
    answer = aws.client("kms", administrator).create_key(
        KeySpec=made["KeySpec"], KeyUsage=made["KeyUsage"], Policy=json.dumps(policy)
    )
    return str(answer["KeyMetadata"]["Arn"])


def _make_role(aws: LocalAws, administrator: tuple[str, str], name: str) -> None:
    """Make a role that any user here may take, and that may do all there is with keys."""
    iam = aws.client("iam", administrator)
    principal = {"AWS": f"arn:aws:iam::{aws.account_id}:root"}
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    allow = {"Effect": "Allow", "Action": list(RIGHTS), "Resource": "*"}
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    iam.put_role_policy(
        RoleName=name,
        PolicyName="all",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow]}),
    )
