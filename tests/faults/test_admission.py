"""Whole releases in the local AWS: what the bake attested is deployed, and what was changed after it is refused."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from tests.local_aws.cloudformation.test_states import administrator
from tests.scenarios.place import Place, opened
from tests.scenarios.rehearsal import Rehearsal
from tests.scenarios.scenario import BASE, Scenario, Templates
from tests.support.git import git

REPOSITORY, FOLDER = "backend-flask", "cruddur-backend-farg/imageDefin/"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("admission") / "place"
    with opened(folder, Scenario(folder, "", (), (), templates=Templates(approval=True))) as place:
        yield place


def committed(place: Place) -> Rehearsal:
    """Commit a service of which no other commit makes the same image."""
    rehearsal = Rehearsal(place, BASE)
    place.commit()
    with (place.repository / "backend-flask" / "server").open("a") as server:
        server.write(f"# {place.commits}\n")
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


def change_image(place: Place, image: str) -> None:
    """Have the newest ``imagedefinitions.json`` in the artifact bucket name another image."""
    s3 = administrator(place.aws, "s3")
    bucket = place.aws.client("cloudformation").describe_stacks(StackName="cruddur-foundation")["Stacks"][0]
    name = next(one["OutputValue"] for one in bucket["Outputs"] if one["OutputKey"] == "ArtifactBucketName")
    newest = max(s3.list_objects_v2(Bucket=name, Prefix=FOLDER)["Contents"], key=lambda one: one["LastModified"])
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("imagedefinitions.json", json.dumps([{"name": "backend-flask", "imageUri": image}]))
    s3.put_object(Bucket=name, Key=newest["Key"], Body=body.getvalue())


def commit(place: Place) -> str:
    return git(place.repository, "rev-parse", "HEAD")


def image_of(place: Place, tag: str) -> dict[str, Any]:
    (found,) = administrator(place.aws, "ecr").batch_get_image(repositoryName=REPOSITORY, imageIds=[{"imageTag": tag}])[
        "images"
    ]
    image: dict[str, Any] = found
    return image


@pytest.mark.timeout(600)
def test_what_was_baked_is_deployed_and_what_was_put_in_its_place_is_refused(place: Place) -> None:
    first = released(place, committed(place))
    approved(first)
    assert first.status(1) == "Succeeded", first.described()
    assert "refused" not in first.log(1, "Admit")
    old = commit(place)
    verified = place.command("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert f"commit {old}" in verified.stdout
    assert "does not hold" not in verified.stdout

    # What lies in the bucket is changed while the approval is waited for, to an image that an older commit made.
    second = released(place, committed(place))
    repository = place.aws.client("ecr").describe_repositories(repositoryNames=[REPOSITORY])["repositories"][0]
    older = f"{repository['repositoryUri']}@{image_of(place, old)['imageId']['imageDigest']}"
    change_image(place, older)
    approved(second)
    assert second.stages(1)["Deploy"] == "Failed", second.described()
    assert f"for commit {commit(place)}: it was pushed by hand" in second.log(1, "Admit")
    assert [one["actionName"] for one in second.attempts(1)].count("Deploy") == 0

    # Somebody pushes an image under a commit's tag before it is baked: the bake finds it, and attests nothing of it.
    rehearsal = committed(place)
    pushed = image_of(place, old)
    manifest = json.dumps(json.loads(pushed["imageManifest"]), indent=1)
    administrator(place.aws, "ecr").put_image(
        repositoryName=REPOSITORY,
        imageManifest=manifest,
        imageManifestMediaType=pushed["imageManifestMediaType"],
        imageTag=commit(place),
    )
    approved(released(place, rehearsal))
    assert rehearsal.stages(1)["Deploy"] == "Failed", rehearsal.described()
    assert "the bake has attested nothing of" in rehearsal.log(1, "Admit")
    refused = place.command("verify", commit(place), "--json")
    assert refused.returncode == 1
    assert "attested nothing" in refused.stdout
    missing = place.command("verify", "nothing")
    assert (missing.returncode, missing.stderr.count("\n")) == (2, 1)
