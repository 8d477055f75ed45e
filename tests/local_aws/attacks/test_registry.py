"""The registry mounts no layer of another repository, and takes nothing for a manifest that is none."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.services.ecr.manifests import LARGEST
from tests.local_aws.attacks.attacker import Answer, Attempt
from tests.local_aws.attacks.conftest import Target
from tests.local_aws.iam.asking import calls

pytestmark = pytest.mark.slow

IMAGE = "application/vnd.docker.distribution.manifest.v2+json"
INDEX = "application/vnd.oci.image.index.v1+json"


def digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@dataclass(frozen=True)
class Client:
    """A client of the registry, with the password of a key, for one repository."""

    target: Target
    key: tuple[str, str, str]
    repository: str = "ours"

    @cached_property
    def password(self) -> str:
        ecr = self.target.aws.client("ecr", self.key)
        return str(ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"])

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        attempt = Attempt(self.target.port, method, f"/v2/{self.repository}/{path}", body=body)
        return attempt.having(authorization=f"Basic {self.password}", **headers).send()

    def upload(self, content: bytes, stated: str = "") -> Answer:
        begun = self.send("POST", "blobs/uploads/")
        assert begun.status == 202, begun
        upload = begun.headers["location"].removeprefix(f"/v2/{self.repository}/")
        assert self.send("PATCH", upload, content).headers["range"] == f"0-{len(content) - 1}"
        return self.send("PUT", f"{upload}?digest={stated or digest(content)}")

    def put(self, manifest: bytes, reference: str = "one", media_type: str = IMAGE) -> Answer:
        return self.send("PUT", f"manifests/{reference}", manifest, content_type=media_type)


def _image(config: bytes, layer: bytes, **more: Any) -> bytes:
    def described(content: bytes, kind: str) -> Mapping[str, Any]:
        return {"mediaType": f"application/vnd.docker.{kind}", "size": len(content), "digest": digest(content)}

    layers = [described(layer, "image.rootfs.diff.tar.gzip")]
    image = {"schemaVersion": 2, "mediaType": IMAGE, "config": described(config, "container.image.v1+json")}
    return json.dumps({**image, "layers": layers, **more}).encode()


@pytest.fixture(scope="module")
def owner(target: Target) -> Client:
    return Client(target, target.owner)


@pytest.fixture(scope="module")
def pusher(target: Target) -> Client:
    return Client(target, target.pusher)


def _code(answer: Answer) -> tuple[int, str]:
    return answer.status, json.loads(answer.body)["errors"][0]["code"]


def test_without_its_password_the_registry_says_nothing(target: Target, owner: Client) -> None:
    forged = base64.b64encode(
        b"AWS:" + base64.b64encode(b"x" * 32 + b'{"key": "test", "expires": 9999999999}')
    ).decode()
    broken = ("Basic", "Basic !", "Basic QVdTOg==", "Basic QVdTOkE=", "Basic /w==")
    for authorization in ("", *broken, f"Basic {forged}", f"Bearer {owner.password}"):
        for method, path in (("GET", ""), ("GET", "ours/tags/list"), ("POST", "ours/blobs/uploads/")):
            attempt = Attempt(target.port, method, f"/v2/{path}").having(authorization=authorization)
            assert attempt.send().status == 401
    assert calls(target.aws)[-1]["reason"] == "The registry's password is missing, wrong or too old."


def test_an_image_comes_and_goes(owner: Client) -> None:
    config, layer = b"{}", b"layer" * 100_000
    assert owner.upload(config).status == 201
    assert owner.upload(layer).status == 201
    manifest = _image(config, layer)
    assert owner.put(manifest, "good").headers["docker-content-digest"] == digest(manifest)
    assert owner.put(manifest, digest(manifest)).status == 201
    assert owner.send("GET", "manifests/good").body == manifest
    got = owner.send("GET", f"blobs/{digest(layer)}")
    assert (got.body, got.headers["content-length"]) == (layer, str(len(layer)))
    assert owner.send("HEAD", f"blobs/{digest(layer)}").headers["content-length"] == str(len(layer))
    assert json.loads(owner.send("GET", "tags/list").body)["tags"] == ["good"]


def test_no_blob_is_mounted_and_nobody_is_asked_for_the_right(target: Target, owner: Client) -> None:
    """As on AWS, where an account must turn mounting on: the client uploads, and no role lacks a right."""
    layer = b"a layer of another team"
    assert Client(target, target.owner, "theirs").upload(layer).status == 201
    before = len(calls(target.aws))
    for stated in (digest(layer), digest(b"no"), "sha256:../../x"):
        assert owner.send("POST", f"blobs/uploads/?mount={stated}&from=theirs").status == 202
    assert owner.send("HEAD", f"blobs/{digest(layer)}").status == 404
    assert {one["resources"][0].rpartition("/")[2] for one in calls(target.aws)[before:]} == {"ours"}


def test_an_upload_is_of_its_digest_and_of_its_repository(owner: Client, target: Target) -> None:
    assert _code(owner.upload(b"content", digest(b"other"))) == (400, "DIGEST_INVALID")
    for stated in ("x", "sha256:", "sha256:../../../x", "sha512:" + "0" * 128):
        assert _code(owner.upload(b"content", stated)) == (400, "DIGEST_INVALID")
    upload = owner.send("POST", "blobs/uploads/").headers["location"].rpartition("/")[2]
    theirs = Client(target, target.owner, "theirs")
    assert theirs.send("PATCH", f"blobs/uploads/{upload}", b"x").status == 404
    assert owner.send("PATCH", f"blobs/uploads/{upload}", b"x", content_range="5-6").status == 416
    assert owner.send("DELETE", f"blobs/uploads/{upload}").status == 204
    assert owner.send("PATCH", f"blobs/uploads/{upload}", b"x").status == 404


def test_a_digest_is_no_path(owner: Client) -> None:
    """Four folders up from a repository's layers are the credentials of the deployer."""
    out = "sha256:../../../../credentials"
    for reference in (out, out.replace("/", "%2F"), out.replace(".", "%2e"), out.removeprefix("sha256:")):
        answer = owner.send("GET", f"blobs/{reference}")
        assert answer.status == 404, answer
        assert b"aws_" not in answer.body
        assert owner.send("POST", f"blobs/uploads/?mount={reference}&from=theirs").status == 202


CONFIG, LAYER = b'{"os": "linux"}', b"a layer"
GOOD = json.loads(_image(CONFIG, LAYER))
ABSENT = {**GOOD["layers"][0], "digest": digest(b"absent")}
BAD = [
    (b"", "MANIFEST_INVALID"),
    (b"no JSON", "MANIFEST_INVALID"),
    (b"[]", "MANIFEST_INVALID"),
    (b"[" * 100_000, "MANIFEST_INVALID"),
    (b'"' + b"x" * LARGEST + b'"', "SIZE_INVALID"),
    ({**GOOD, "schemaVersion": 1}, "MANIFEST_INVALID"),
    ({**GOOD, "mediaType": "text/plain"}, "MANIFEST_INVALID"),
    ({**GOOD, "config": None}, "MANIFEST_INVALID"),
    ({**GOOD, "layers": "x"}, "MANIFEST_INVALID"),
    ({**GOOD, "layers": [1]}, "MANIFEST_INVALID"),
    ({**GOOD, "layers": [ABSENT]}, "MANIFEST_BLOB_UNKNOWN"),
    ({**GOOD, "config": ABSENT}, "MANIFEST_BLOB_UNKNOWN"),
    ({**GOOD, "layers": [{**GOOD["layers"][0], "size": 1}]}, "MANIFEST_INVALID"),
    ({**GOOD, "layers": [{"digest": ["x"]}]}, "MANIFEST_BLOB_UNKNOWN"),
]


@pytest.mark.parametrize(("manifest", "code"), BAD)
def test_a_manifest_that_is_none_is_refused(owner: Client, manifest: Any, code: str) -> None:
    for blob in (CONFIG, LAYER):
        assert owner.upload(blob).status == 201
    content = manifest if isinstance(manifest, bytes) else json.dumps(manifest).encode()
    answer = owner.put(content, "bad")
    assert json.loads(answer.body)["errors"][0]["code"] == code, answer
    assert owner.send("GET", "manifests/bad").status == 404


def test_a_list_is_of_images_that_are_there_and_a_digest_is_the_contents(owner: Client) -> None:
    for blob in (CONFIG, LAYER):
        owner.upload(blob)
    listed: dict[str, Any] = {"mediaType": IMAGE, "size": 1, "digest": digest(_image(CONFIG, LAYER))}
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [{**listed, "digest": digest(b"absent")}]}
    assert _code(owner.put(json.dumps(index).encode(), media_type=INDEX)) == (400, "MANIFEST_BLOB_UNKNOWN")
    assert owner.put(_image(CONFIG, LAYER), listed["digest"]).status == 201
    whole = json.dumps({**index, "manifests": [listed]}).encode()
    assert owner.put(whole, "many", INDEX).status == 201
    assert _code(owner.put(whole, digest(b"other"), INDEX)) == (400, "DIGEST_INVALID")
    assert _code(owner.put(_image(CONFIG, LAYER), "one", INDEX)) == (400, "MANIFEST_INVALID")


def test_ecrs_own_api_refuses_the_same(target: Target, owner: Client) -> None:
    ecr = target.aws.client("ecr", target.owner)
    for manifest, code in (
        ("no JSON", "InvalidParameterException"),
        (json.dumps({**GOOD, "layers": [ABSENT]}), "LayersNotFoundException"),
        ("x" * (LARGEST + 1), "InvalidParameterException"),
    ):
        with pytest.raises(ClientError) as refused:
            ecr.put_image(repositoryName="ours", imageManifest=manifest, imageTag="api")
        assert refused.value.response["Error"]["Code"] == code
    for blob in (CONFIG, LAYER):
        owner.upload(blob)
    with pytest.raises(ClientError) as refused:
        ecr.put_image(repositoryName="ours", imageManifest=json.dumps(GOOD), imageDigest=digest(b"other"))
    assert refused.value.response["Error"]["Code"] == "ImageDigestDoesNotMatchException"
    put = ecr.put_image(repositoryName="ours", imageManifest=json.dumps(GOOD), imageTag="api")["image"]
    assert put["imageId"]["imageDigest"] == digest(json.dumps(GOOD).encode())


def test_only_a_manifest_of_ecrs_size_is_read(owner: Client) -> None:
    """Its size is judged by the header, before a byte of it is read."""
    answer = owner.send("PUT", "manifests/large", content_length=str(LARGEST + 1))
    assert _code(answer) == (413, "SIZE_INVALID")
