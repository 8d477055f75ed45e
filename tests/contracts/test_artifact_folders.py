"""E9613: where two pipelines share a bucket, each one's roles reach its own folder, and the contract says when not."""

from pathlib import Path
from typing import Any

import pytest

from tests.contracts.project import PIPELINE, Changed, untouched
from tests.two_services import SECOND, templates_of_two_services

OTHER = f"cruddur-{SECOND}-pipeline.json"


@pytest.fixture
def two(tmp_path: Path) -> Changed:
    return Changed(untouched().root, templates_of_two_services(tmp_path))


def objects_of(project: Changed, file: str, role: str, sid: str) -> list[Any]:
    """Return the resources of a statement, to be changed."""
    (policy,) = project.resource(file, role)["Policies"]
    (found,) = (one["Resource"] for one in policy["PolicyDocument"]["Statement"] if one["Sid"] == sid)
    resources: list[Any] = found
    return resources


def found(project: Changed) -> list[tuple[str, str]]:
    return [(one.place, one.sentence) for one in project.found() if one.id == "E9613"]


def test_two_services_keep_apart(two: Changed) -> None:
    assert found(two) == []


@pytest.mark.parametrize(
    ("role", "sid", "verb"),
    [
        ("TestRole", "ReadArtifacts", "read"),
        ("BakeImageRole", "StoreArtifacts", "overwrite"),
        ("PipelineRole", "StoreArtifacts", "overwrite"),
    ],
)
@pytest.mark.parametrize("place", ["*", "cruddur-*", "*/imageDefin/*", f"cruddur-{SECOND}/*"])
def test_a_statement_that_reaches_the_others_artifacts_is_told(
    two: Changed, role: str, sid: str, verb: str, place: str
) -> None:
    (resource,) = objects_of(two, PIPELINE, role, sid)
    objects_of(two, PIPELINE, role, sid).append({"Fn::Join": ["/", [resource["Fn::Join"][1][0], place]]})
    ((told_at, sentence),) = found(two)
    assert told_at.startswith(f"Resources/{role}/Properties/Policies")
    assert f"{role} (cruddur-backend-flask-pipeline)" in sentence
    assert f"may {verb} the artifacts of Pipeline (cruddur-{SECOND}-pipeline)" in sentence


def test_one_pipeline_alone_may_have_the_bucket() -> None:
    project = untouched()
    (resource,) = objects_of(project, PIPELINE, "BakeImageRole", "StoreArtifacts")
    resource["Fn::Join"][1][1] = "*"
    assert found(project) == []


def test_names_that_begin_alike_share_a_folder(two: Changed) -> None:
    two.resource(OTHER, "Pipeline")["Name"] = "cruddur-backend-fargo"
    places = [place for place, sentence in found(two) if "lie in one folder of one bucket" in sentence]
    assert places == ["Resources/Pipeline/Properties/Name"] * 2


def test_a_right_to_another_folder_than_codepipelines_is_no_right() -> None:
    project = untouched()
    (resource,) = objects_of(project, PIPELINE, "BakeImageRole", "StoreArtifacts")
    resource["Fn::Join"][1][1] = "cruddur-backend-fargate/imageDefinition"
    (finding,) = project.found()
    assert finding.id == "E9603"
    assert "/cruddur-backend-farg/imageDefin/OBJECT" in finding.sentence
