"""Whole releases in the local AWS: what the bake attested is deployed, and what was changed after it is refused."""

import base64
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from proofs.rehearsal.repository import git
from tests.local_aws.cloudformation.test_states import administrator
from tests.local_aws.iam.asking import calls
from tests.local_aws.test_image_scans import VULNERABLE
from tests.scenarios.changed_templates import PIPELINE
from tests.scenarios.place import Place, opened
from tests.scenarios.rehearsal import Rehearsal
from tests.scenarios.scenario import BASE, Scenario, Templates
from tests.templates_src.systems import VARIANTS

REPOSITORY = "backend-flask"
DEFINITIONS, ATTESTATIONS = (f"cruddur-backend-farg/{one}/" for one in ("imageDefin", "attestatio"))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("admission") / "place"
    with opened(folder, Scenario(folder, "", (), (), templates=Templates(approval=True))) as place:
        yield place


def committed(place: Place, layer: str = "") -> Rehearsal:
    """Commit a service of which no other commit makes the same image; ``layer`` is a line more of its Dockerfile."""
    rehearsal = Rehearsal(place, BASE)
    place.commit()
    folder = place.repository / "backend-flask"
    with (folder / "server").open("a") as server:
        server.write(f"# {place.commits}\n")
    dockerfile = (folder / "Dockerfile").read_text()
    (folder / "Dockerfile").write_text(dockerfile.replace("USER ", f"{layer}\nUSER "))
    (folder / "hello").write_text(VULNERABLE)
    place.record()
    return rehearsal


def released(place: Place, rehearsal: Rehearsal) -> Rehearsal:
    """Release what was committed, up to its approval."""
    place.push()
    rehearsal.do({"until": "Approve InProgress"})
    return rehearsal


def approved(rehearsal: Rehearsal) -> None:
    rehearsal.do({"answer": "Approved"})
    rehearsal.finish()


class Bucket:
    """The artifact bucket, in the hands of somebody who may write anything there."""

    def __init__(self, place: Place) -> None:
        self._s3 = administrator(place.aws, "s3")
        (stack,) = place.aws.client("cloudformation").describe_stacks(StackName="cruddur-foundation")["Stacks"]
        self._name = next(one["OutputValue"] for one in stack["Outputs"] if one["OutputKey"] == "ArtifactBucketName")

    def newest(self, folder: str) -> str:
        found = self._s3.list_objects_v2(Bucket=self._name, Prefix=folder)["Contents"]
        return str(max(found, key=lambda one: one["LastModified"])["Key"])

    def read(self, key: str) -> bytes:
        body: bytes = self._s3.get_object(Bucket=self._name, Key=key)["Body"].read()
        return body

    def write(self, key: str, body: bytes) -> None:
        self._s3.put_object(Bucket=self._name, Key=key, Body=body)


def name_another_image(place: Place, older: str) -> None:
    """Have the newest ``imagedefinitions.json`` name the image that an older commit made."""
    repository = place.aws.client("ecr").describe_repositories(repositoryNames=[REPOSITORY])["repositories"][0]
    image = f"{repository['repositoryUri']}@{image_of(place, older)['imageId']['imageDigest']}"
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("imagedefinitions.json", json.dumps([{"name": "backend-flask", "imageUri": image}]))
    bucket = Bucket(place)
    bucket.write(bucket.newest(DEFINITIONS), body.getvalue())


def forge(place: Place, _older: str) -> None:
    """Have the newest attestation say that another base image was baked; its signature stays."""
    bucket = Bucket(place)
    key = bucket.newest(ATTESTATIONS)
    made = json.loads(bucket.read(key))
    payload = base64.b64decode(made["payload"]).replace(b"slim-bookworm", b"slim-forgedxx")
    assert payload != base64.b64decode(made["payload"])
    bucket.write(key, json.dumps({**made, "payload": base64.b64encode(payload).decode()}).encode())


def change_nothing(_place: Place, _older: str) -> None:
    """Leave the bucket as the release made it."""


def rights_to_scan(place: Place) -> set[str]:
    """Return what the pipeline's role may for the scan alone."""
    template = json.loads((place.build / PIPELINE).read_text())
    (policy,) = template["Resources"]["PipelineRole"]["Properties"]["Policies"]
    sids = {"LogInToRegistry", "PullImage", "ScanPackages", "WriteLogs"}
    given = {one["Sid"]: one["Action"] for one in policy["PolicyDocument"]["Statement"] if one["Sid"] in sids}
    assert set(given) == sids
    return {action for actions in given.values() for action in actions}


def commit(place: Place) -> str:
    return git(place.repository, "rev-parse", "HEAD")


def image_of(place: Place, tag: str) -> dict[str, Any]:
    (found,) = administrator(place.aws, "ecr").batch_get_image(repositoryName=REPOSITORY, imageIds=[{"imageTag": tag}])[
        "images"
    ]
    image: dict[str, Any] = found
    return image


def push_by_hand(place: Place, older: str) -> None:
    """Push an image under the tag of the commit that is to be released, before it is baked."""
    pushed = image_of(place, older)
    administrator(place.aws, "ecr").put_image(
        repositoryName=REPOSITORY,
        imageManifest=json.dumps(json.loads(pushed["imageManifest"]), indent=1),
        imageManifestMediaType=pushed["imageManifestMediaType"],
        imageTag=commit(place),
    )


@pytest.fixture(scope="module")
def deployed(place: Place) -> str:
    """Release a first commit, and return it: what was baked is deployed."""
    first = released(place, committed(place))
    approved(first)
    assert first.status(1) == "Succeeded", first.described()
    assert "refused" not in first.log(1, "Admit")
    verified = place.command("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert f"commit {commit(place)}" in verified.stdout
    assert "does not hold" not in verified.stdout
    return commit(place)


def check_refused(place: Place, rehearsal: Rehearsal, deployed: str, said: str) -> None:
    """Check that Admit refused the release with these words, and that what ran before runs on."""
    assert rehearsal.status(1) == "Failed", rehearsal.described()
    assert rehearsal.stages(1)["Deploy"] == "Failed", rehearsal.described()
    assert said in rehearsal.log(1, "Admit")
    assert [one["actionName"] for one in rehearsal.attempts(1)].count("Deploy") == 0
    # The stage rolls back: it deploys once more what was deployed last.
    assert rehearsal.stages(2) == {"Deploy": "Succeeded"}, rehearsal.described()
    assert f"commit {deployed}" in place.command("verify").stdout


CHANGES: dict[str, tuple[Callable[[Place, str], None], str, str]] = {
    "imagedefinitions.json is changed between Build and Deploy": (
        name_another_image,
        "",
        "for commit {commit}: it was pushed by hand",
    ),
    "the attestation is forged": (forge, "", "it was forged"),
    "the image has a vulnerable package": (
        change_nothing,
        "COPY hello /var/lib/dpkg/status.d/hello",
        "hello 2.10-3 has REHEARSAL-2026-2, CRITICAL, and a fix is not known of",
    ),
}
"""What is done while the approval is waited for, a line more of the Dockerfile, and what Admit says."""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", CHANGES)
def test_what_may_not_be_deployed_is_refused_and_what_ran_before_runs_on(
    place: Place, deployed: str, name: str
) -> None:
    change, layer, said = CHANGES[name]
    rehearsal = released(place, committed(place, layer))
    change(place, deployed)
    approved(rehearsal)
    check_refused(place, rehearsal, deployed, said.format(commit=commit(place)))


@pytest.mark.timeout(600)
def test_an_image_that_was_pushed_by_hand_is_refused(place: Place, deployed: str) -> None:
    """The bake finds it under the commit's tag, and attests nothing of it."""
    rehearsal = committed(place)
    push_by_hand(place, deployed)
    approved(released(place, rehearsal))
    check_refused(place, rehearsal, deployed, "the bake has attested nothing of")
    refused = place.command("verify", commit(place), "--json")
    assert refused.returncode == 1
    assert "attested nothing" in refused.stdout
    missing = place.command("verify", "nothing")
    assert (missing.returncode, missing.stderr.count("\n")) == (2, 1)


@pytest.mark.timeout(600)
def test_inspector_ends_the_release_of_a_vulnerable_package_before_anything_is_deployed(tmp_path: Path) -> None:
    wanted = Templates(settings=VARIANTS["inspector"])
    with opened(tmp_path / "place", Scenario(tmp_path, "", (), (), templates=wanted)) as place:
        clean = committed(place)
        place.push()
        clean.finish()
        assert clean.status(1) == "Succeeded", clean.described()
        assert "holds    scan" not in clean.log(1, "Admit")
        role = f"arn:aws:iam::{place.aws.account_id}:role/cruddur-backend-flask-pipeline"
        asked = {call["action"] for call in calls(place.aws, principal=role, execution=clean.executions()[0])}
        assert rights_to_scan(place) <= asked
        vulnerable = committed(place, "COPY hello /var/lib/dpkg/status.d/hello")
        place.push()
        vulnerable.finish()
        assert vulnerable.stages(1)["Build"] == "Failed", vulnerable.described()
        assert "CriticalThreshold is 0: hello 2.10-3 has REHEARSAL-2026-2, CRITICAL" in vulnerable.reason(1)
        assert "Deploy" not in vulnerable.stages(1)
