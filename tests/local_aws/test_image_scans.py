"""ECR's findings are those of the packages that really are in the layers; an image without any list is not checked."""

import gzip
import hashlib
import io
import json
import tarfile
import uuid
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.services.ecr.scanning.packages import Package, UnreadableError, files_of, packages
from tests.local_aws.cloudformation.test_states import administrator
from tests.local_aws_fixture import LocalAws

Tree = dict[str, str]
DEBIAN = {"usr/lib/os-release": 'ID=debian\nVERSION_ID="12"\n'}
MEDIA_TYPE = "application/vnd.docker.distribution.manifest.v2+json"
VULNERABLE = "Package: hello\nStatus: install ok installed\nVersion: 2.10-3\nDescription: greets\n more: words\n"
UNFIXED = "Package: steam\nSource: sl (5.02-1)\nVersion: 5.02-1+b1\nStatus: install ok installed\n"
REMOVED = "Package: hello\nStatus: deinstall ok config-files\nVersion: 2.10-3\n"
STATUS, JINJA = "var/lib/dpkg/status", "opt/venv/lib/python3.13/site-packages/jinja2-2.10.dist-info/METADATA"


def layer(tree: Tree) -> bytes:
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w") as archive:
        for path, text in tree.items():
            member = tarfile.TarInfo(f"./{path}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return gzip.compress(body.getvalue(), mtime=0)


def read(folder: Path, *trees: Tree) -> list[Package]:
    paths = [folder / uuid.uuid4().hex for _ in trees]
    for path, tree in zip(paths, trees, strict=True):
        path.write_bytes(layer(tree))
    return list(packages(files_of(paths)))


@pytest.mark.parametrize(
    ("trees", "expected"),
    [
        ([{**DEBIAN, STATUS: f"{VULNERABLE}\n{UNFIXED}"}], ["hello 2.10-3 Debian:12", "sl 5.02-1 Debian:12"]),
        ([{**DEBIAN, STATUS: REMOVED}], []),
        ([{**DEBIAN, STATUS: VULNERABLE}, {STATUS: UNFIXED}], ["sl 5.02-1 Debian:12"]),
        ([{**DEBIAN, "var/lib/dpkg/status.d/hello": "Package: hello\nVersion: 1\n"}], ["hello 1 Debian:12"]),
        ([{JINJA: "Name: Jinja2\nVersion: 2.10\n\nName: no\n"}], ["Jinja2 2.10 PyPI"]),
        (
            [{JINJA: "Name: Jinja2\nVersion: 2.10\n"}, {JINJA.replace("jinja2-2", ".wh.jinja2-2"): ""}],
            ["Jinja2 2.10 PyPI"],
        ),
        ([{JINJA: "Name: Jinja2\nVersion: 2.10\n"}, {"opt/.wh.venv": ""}], []),
        ([{JINJA: "Name: Jinja2\nVersion: 2.10\n"}, {"opt/venv/.wh..wh..opq": ""}], []),
        (
            [
                {
                    "etc/os-release": "ID=alpine\nVERSION_ID=3.20.1\n",
                    "lib/apk/db/installed": "P:zlib\nV:1.3-r0\no:zlib\n",
                }
            ],
            ["zlib 1.3-r0 Alpine:v3.20"],
        ),
        ([{STATUS: VULNERABLE}], []),
    ],
)
def test_packages_are_those_of_the_topmost_layers(tmp_path: Path, trees: list[Tree], expected: list[str]) -> None:
    assert [f"{one.source} {one.version} {one.ecosystem}" for one in read(tmp_path, *trees)] == expected


def test_a_layer_that_is_no_archive_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "layer").write_bytes(b"\x28\xb5\x2f\xfd zstd")
    with pytest.raises(UnreadableError):
        files_of([tmp_path / "layer"])


class Repository:
    """A repository that images are put into."""

    def __init__(self, aws: LocalAws, *, scanned: bool = True) -> None:
        self.aws = aws
        self.ecr = administrator(aws, "ecr")
        self.name = f"r{uuid.uuid4().hex[:10]}"
        self.ecr.create_repository(repositoryName=self.name, imageScanningConfiguration={"scanOnPush": scanned})

    def push(self, *trees: Tree) -> str:
        layers = [self._upload(layer(tree), "image.rootfs.diff.tar.gzip") for tree in trees]
        config = self._upload(b"{}", "container.image.v1+json")
        manifest = {"schemaVersion": 2, "mediaType": MEDIA_TYPE, "config": config, "layers": layers}
        put = self.ecr.put_image(
            repositoryName=self.name,
            imageManifest=json.dumps(manifest),
            imageManifestMediaType=MEDIA_TYPE,
            imageTag=uuid.uuid4().hex,
        )
        return str(put["image"]["imageId"]["imageDigest"])

    def findings(self, digest: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ecr.describe_image_scan_findings(
            repositoryName=self.name, imageId={"imageDigest": digest}
        )
        return found

    def _upload(self, content: bytes, kind: str) -> dict[str, Any]:
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        token = self.ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
        headers = {"Authorization": f"Basic {token}", "Content-Type": "application/octet-stream"}
        with closing(HTTPConnection("127.0.0.1", self.aws.port)) as connection:
            connection.request("POST", f"/v2/{self.name}/blobs/uploads/?digest={digest}", content, headers)
            assert connection.getresponse().status == 201
        return {"mediaType": f"application/vnd.docker.{kind}", "size": len(content), "digest": digest}


@pytest.fixture
def enhanced(local_aws: LocalAws) -> Iterator[None]:
    ecr = administrator(local_aws, "ecr")
    ecr.put_registry_scanning_configuration(scanType="ENHANCED", rules=[])
    assert ecr.get_registry_scanning_configuration()["scanningConfiguration"]["scanType"] == "ENHANCED"
    yield
    ecr.put_registry_scanning_configuration(scanType="BASIC", rules=[])


def test_a_basic_scan_finds_what_the_system_has(local_aws: LocalAws) -> None:
    repository = Repository(local_aws)
    tree = {**DEBIAN, STATUS: f"{VULNERABLE}\n{UNFIXED}", JINJA: "Name: Jinja2\nVersion: 2.10\n"}
    found = repository.findings(repository.push(tree))
    assert found["imageScanStatus"]["status"] == "COMPLETE"
    told = found["imageScanFindings"]
    assert told["findingSeverityCounts"] == {"CRITICAL": 2}
    assert [(one["name"], one["attributes"][0]["value"]) for one in told["findings"]] == [
        ("REHEARSAL-2026-2", "hello"),
        ("REHEARSAL-2026-3", "steam"),
    ]
    clean = repository.findings(repository.push({**DEBIAN, STATUS: VULNERABLE.replace("2.10-3", "2.10-4")}))
    assert clean["imageScanFindings"]["findingSeverityCounts"] == {}


@pytest.mark.usefixtures("enhanced")
def test_an_enhanced_scan_finds_packages_of_languages_too_and_tells_what_is_fixed(local_aws: LocalAws) -> None:
    repository = Repository(local_aws, scanned=False)
    tree = {**DEBIAN, STATUS: UNFIXED, JINJA: "Name: Jinja2\nVersion: 2.10\n"}
    found = repository.findings(repository.push(tree))
    assert found["imageScanStatus"]["status"] == "ACTIVE"
    told = {
        one["packageVulnerabilityDetails"]["vulnerabilityId"]: one
        for one in found["imageScanFindings"]["enhancedFindings"]
    }
    assert {name: (one["severity"], one["fixAvailable"]) for name, one in told.items()} == {
        "REHEARSAL-2026-3": ("CRITICAL", "NO"),
        "CVE-2019-10906": ("HIGH", "YES"),
    }
    (package,) = told["CVE-2019-10906"]["packageVulnerabilityDetails"]["vulnerablePackages"]
    assert (package["packageManager"], package["fixedInVersion"]) == ("PYTHONPKG", "2.10.1")


class Announced:
    """What EventBridge is told of a repository, in a queue."""

    def __init__(self, aws: LocalAws, repository: str, pattern: dict[str, Any]) -> None:
        self._queues, events = administrator(aws, "sqs"), administrator(aws, "events")
        self._url = self._queues.create_queue(QueueName=repository)["QueueUrl"]
        wanted = self._queues.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])["Attributes"]
        events.put_rule(Name=repository, EventPattern=json.dumps(pattern))
        events.put_targets(Rule=repository, Targets=[{"Id": "queue", "Arn": wanted["QueueArn"]}])

    def details(self) -> list[dict[str, Any]]:
        """Return the details that came since this was asked."""
        found = self._queues.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=2)
        return [json.loads(one["Body"])["detail"] for one in found.get("Messages", [])]


def test_a_basic_scan_is_announced_once(local_aws: LocalAws) -> None:
    repository = Repository(local_aws)
    pattern = {"source": ["aws.ecr"], "detail": {"repository-name": [repository.name]}}
    announced = Announced(local_aws, repository.name, pattern)
    digest = repository.push({**DEBIAN, STATUS: f"{VULNERABLE}\n{UNFIXED}"})
    repository.findings(digest)
    (told,) = announced.details()
    assert (told["scan-status"], told["image-digest"]) == ("COMPLETE", digest)
    assert (told["finding-severity-counts"], len(told["image-tags"])) == ({"CRITICAL": 2}, 1)
    repository.findings(digest)
    repository.findings(repository.push({"app": "a program"}))
    assert [one["scan-status"] for one in announced.details()] == ["FAILED"]


@pytest.mark.usefixtures("enhanced")
def test_each_finding_of_an_enhanced_scan_is_announced(local_aws: LocalAws) -> None:
    repository = Repository(local_aws, scanned=False)
    image = {"repositoryName": [repository.name]}
    pattern = {"source": ["aws.inspector2"], "detail": {"resources": {"details": {"awsEcrContainerImage": image}}}}
    announced = Announced(local_aws, repository.name, pattern)
    repository.findings(repository.push({**DEBIAN, STATUS: UNFIXED, JINJA: "Name: Jinja2\nVersion: 2.10\n"}))
    assert {(one["severity"], one["status"]) for one in announced.details()} == {
        ("CRITICAL", "ACTIVE"),
        ("HIGH", "ACTIVE"),
    }


def test_what_can_not_be_read_is_not_called_clean(local_aws: LocalAws) -> None:
    repository = Repository(local_aws)
    for tree in ({"app": "a program"}, {STATUS: VULNERABLE}, {JINJA: "Name: Jinja2\nVersion: 2.10\n"}):
        found = repository.findings(repository.push(tree))
        assert found["imageScanStatus"]["status"] == "UNSUPPORTED_IMAGE"
        assert "imageScanFindings" not in found


def test_what_is_not_there_is_refused_by_its_name(local_aws: LocalAws) -> None:
    repository = Repository(local_aws, scanned=False)
    digest = repository.push(DEBIAN)
    for name, image, error in (
        (repository.name, digest, "ScanNotFoundException"),
        (repository.name, f"sha256:{'0' * 64}", "ImageNotFoundException"),
        ("nothing", digest, "RepositoryNotFoundException"),
    ):
        with pytest.raises(ClientError, match=error):
            repository.ecr.describe_image_scan_findings(repositoryName=name, imageId={"imageDigest": image})
    with pytest.raises(ClientError, match="AccessDenied"):
        local_aws.client("ecr").put_registry_scanning_configuration(scanType="ENHANCED", rules=[])
