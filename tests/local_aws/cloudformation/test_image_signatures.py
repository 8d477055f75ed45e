"""ECR signs what is pushed as whoever pushes it, by the rules of the registry; a push goes on where it may not sign."""

import gzip
import hashlib
import json
import uuid
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.attacks.attacker import session
from tests.local_aws.cloudformation.stack_driver import StackDriver
from tests.local_aws.cloudformation.test_states import administrator
from tests.local_aws_fixture import LocalAws
from tests.support.roles import allow, role

MEDIA_TYPE = "application/vnd.docker.distribution.manifest.v2+json"
NAME = f"signed-{uuid.uuid4().hex[:8]}"
ROLES = {"signer": ["ecr:*", "signer:SignPayload"], "pusher": ["ecr:*"]}
Key = tuple[str, str, str]


def template(pattern: str) -> dict[str, Any]:
    roles = {who.title(): role(f"{NAME}-{who}", allow(actions)) for who, actions in ROLES.items()}
    rule = {
        "SigningProfileArn": {"Fn::GetAtt": "Profile.Arn"},
        "RepositoryFilters": [{"Filter": pattern, "FilterType": "WILDCARD_MATCH"}],
    }
    profile = {"PlatformId": "Notation-OCI-SHA384-ECDSA"}
    resources = {
        **roles,
        "Images": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": NAME, "EmptyOnDelete": True}},
        "Profile": {"Type": "AWS::Signer::SigningProfile", "Properties": profile},
        "Signing": {"Type": "AWS::ECR::SigningConfiguration", "Properties": {"Rules": [rule]}},
    }
    outputs = {"Profile": {"Value": {"Fn::GetAtt": "Profile.Arn"}}, "Registry": {"Value": {"Ref": "Signing"}}}
    return {"Resources": resources, "Outputs": outputs}


@pytest.fixture(scope="module")
def stack(local_aws: LocalAws) -> Iterator[StackDriver]:
    made = StackDriver(local_aws)
    status = made.create(template("signed-*"), Capabilities=["CAPABILITY_NAMED_IAM"])
    assert status == "CREATE_COMPLETE", made.reasons()
    yield made
    assert made.delete() == "DELETE_COMPLETE"
    with pytest.raises(ClientError, match="SigningConfigurationNotFoundException"):
        administrator(local_aws, "ecr").get_signing_configuration()


def send(aws: LocalAws, key: Key, method: str, path: str, body: bytes, kind: str) -> None:
    """Send a request to the registry as Docker does."""
    token = aws.client("ecr", key).get_authorization_token()["authorizationData"][0]["authorizationToken"]
    with closing(HTTPConnection("127.0.0.1", aws.port)) as connection:
        connection.request(
            method, f"/v2/{NAME}/{path}", body, {"Authorization": f"Basic {token}", "Content-Type": kind}
        )
        answer = connection.getresponse()
        assert answer.status == 201, answer.read()


def image(aws: LocalAws, key: Key) -> bytes:
    """Upload an image's blobs, and return its manifest."""
    parts = {"container.image.v1+json": b"{}", "image.rootfs.diff.tar.gzip": gzip.compress(uuid.uuid4().bytes)}
    described = []
    for kind, content in parts.items():
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        send(aws, key, "POST", f"blobs/uploads/?digest={digest}", content, "application/octet-stream")
        described.append({"mediaType": f"application/vnd.docker.{kind}", "size": len(content), "digest": digest})
    manifest = {"schemaVersion": 2, "mediaType": MEDIA_TYPE, "config": described[0], "layers": described[1:]}
    return json.dumps(manifest).encode()


def states(aws: LocalAws, manifest: bytes) -> list[dict[str, str]]:
    digest = f"sha256:{hashlib.sha256(manifest).hexdigest()}"
    asked = {"repositoryName": NAME, "imageId": {"imageDigest": digest}}
    found: list[dict[str, str]] = administrator(aws, "ecr").describe_image_signing_status(**asked)["signingStatuses"]
    return found


@pytest.mark.parametrize("by_docker", [True, False])
def test_an_image_is_signed_as_whoever_pushes_it(stack: StackDriver, by_docker: bool) -> None:  # noqa: FBT001
    aws, profile = stack.aws, stack.outputs()["Profile"]

    def push(role: str) -> list[dict[str, str]]:
        key = session(aws, f"{NAME}-{role}")
        manifest = image(aws, key)
        tag = uuid.uuid4().hex
        if by_docker:
            send(aws, key, "PUT", f"manifests/{tag}", manifest, MEDIA_TYPE)
        else:
            asked = {"repositoryName": NAME, "imageManifestMediaType": MEDIA_TYPE, "imageTag": tag}
            aws.client("ecr", key).put_image(**asked, imageManifest=manifest.decode())
        return states(aws, manifest)

    assert push("signer") == [{"signingProfileArn": profile, "status": "COMPLETE"}]
    (failed,) = push("pusher")
    assert (failed["status"], failed["failureCode"]) == ("FAILED", "AccessDeniedException")
    assert f"is not authorized to perform: signer:SignPayload on resource: {profile}" in failed["failureReason"]


def test_a_rule_is_about_the_repositories_that_it_names(stack: StackDriver) -> None:
    assert stack.outputs()["Registry"] == stack.aws.account_id
    assert stack.update(template("other-*"), Capabilities=["CAPABILITY_NAMED_IAM"]) == "UPDATE_COMPLETE"
    key = session(stack.aws, f"{NAME}-signer")
    manifest = image(stack.aws, key)
    send(stack.aws, key, "PUT", "manifests/other", manifest, MEDIA_TYPE)
    assert states(stack.aws, manifest) == []


def test_a_registry_has_one_configuration_of_ten_rules(stack: StackDriver) -> None:
    second = StackDriver(stack.aws)
    rule = {"SigningProfileArn": stack.outputs()["Profile"]}
    resource = {"Type": "AWS::ECR::SigningConfiguration", "Properties": {"Rules": [rule]}}
    assert second.create({"Resources": {"Signing": resource}}) == "ROLLBACK_COMPLETE"
    assert "The registry has a signing configuration already." in second.reasons()
    rules = [{"signingProfileArn": stack.outputs()["Profile"]}] * 11
    with pytest.raises(ClientError, match="at most 10 are allowed"):
        administrator(stack.aws, "ecr").put_signing_configuration(signingConfiguration={"rules": rules})
