"""A release in the ledger: each role's rights, all of them and no others; and what a missing one looks like."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.local_aws.iam.asking import ACCOUNT, asked, calls
from tests.local_aws.iam.release_place import Pipeline, pipeline_in
from tests.local_aws.iam.release_template import NAME, STATEMENTS, template

PIPELINE_ROLE, BUILD_ROLE = (f"arn:aws:iam::{ACCOUNT}:role/{NAME}-{name}" for name in ("codepipeline", "codebuild"))
ROLES = {"PipelineRole": PIPELINE_ROLE, "BuildRole": BUILD_ROLE}
REQUEST = "request"

EXPECTED = {
    PIPELINE_ROLE: {
        ("s3:GetBucketAcl", "CodePipeline looks at the artifact bucket", "FindBucket"),
        ("s3:GetBucketLocation", "CodePipeline looks at the artifact bucket", "FindBucket"),
        ("s3:GetBucketVersioning", "CodePipeline looks at the artifact bucket", "FindBucket"),
        ("s3:PutObject", REQUEST, "StoreArtifacts"),
        ("kms:GenerateDataKey", "S3 encrypts an object", "EncryptArtifacts"),
        ("codeconnections:UseConnection", "CodePipeline uses the connection", "UseConnection"),
        ("codestar-connections:UseConnection", "CodePipeline uses the connection", "UseConnection"),
        ("codebuild:StartBuild", REQUEST, "RunBuilds"),
        ("codebuild:BatchGetBuilds", REQUEST, "RunBuilds"),
    },
    BUILD_ROLE: {
        ("logs:CreateLogStream", REQUEST, "WriteLogs"),
        ("logs:PutLogEvents", REQUEST, "WriteLogs"),
        ("s3:GetObject", REQUEST, "ReadArtifacts"),
        ("s3:GetObjectVersion", "CodeBuild reads an artifact at its version", "ReadArtifacts"),
        ("kms:Decrypt", "S3 decrypts an object", "DecryptArtifacts"),
        ("ssm:GetParameters", REQUEST, "ReadParameters"),
        ("s3:PutObject", REQUEST, "StoreArtifacts"),
        ("kms:GenerateDataKey", "S3 encrypts an object", "EncryptArtifacts"),
        ("codebuild:CreateReportGroup", REQUEST, "WriteReports"),
        ("codebuild:CreateReport", "CodeBuild begins a report", "WriteReports"),
        ("codebuild:BatchPutTestCases", "CodeBuild files test cases", "WriteReports"),
        ("codebuild:UpdateReport", "CodeBuild ends a report", "WriteReports"),
    },
}


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    with pipeline_in(tmp_path_factory.mktemp("release")) as made:
        yield made


@pytest.fixture(scope="module")
def release(pipeline: Pipeline) -> list[Any]:
    execution, status = pipeline.release()
    assert status == "Succeeded"
    return calls(pipeline.aws, execution=execution)


@pytest.mark.parametrize("role", EXPECTED)
def test_a_release_holds_exactly_the_rights_of_each_role(release: list[Any], role: str) -> None:
    made = [call for call in release if call["principal"] == role]
    found = {(call["action"], call["origin"], *(each["sid"] for each in call["statements"])) for call in made}
    assert found == EXPECTED[role]
    assert {call["decision"] for call in made} == {"Allow"}


def test_every_statement_is_named_with_its_stack_and_role(release: list[Any]) -> None:
    places = {(each["stack"], each["logicalId"], each["sid"]) for call in release for each in call["statements"]}
    assert places == {(NAME, role, sid) for role, statements in STATEMENTS.items() for sid in statements}


def test_services_take_the_roles_in_the_name_of_the_execution(release: list[Any]) -> None:
    taken = [(call["principal"], call["resources"]) for call in release if call["action"] == "sts:AssumeRole"]
    assert set(map(str, taken)) == {
        str(("codepipeline.amazonaws.com", [PIPELINE_ROLE])),
        str(("codebuild.amazonaws.com", [BUILD_ROLE])),
    }
    build = next(call for call in release if call["principal"] == "codebuild.amazonaws.com")
    assert build["context"]["aws:SourceArn"].endswith(f":project/{NAME}")
    assert build["resourcePolicy"] == BUILD_ROLE


def test_a_release_comes_out_the_same_when_it_is_put_again(pipeline: Pipeline, release: list[Any]) -> None:
    questions = [
        {"principal": call["principal"], "action": call["action"], "resource": call["resources"][0]}
        | {"context": call["context"]}
        for call in release
    ]
    decisions = asked(pipeline.aws, "/_local-aws/evaluate", {"requests": questions}).members["decisions"]
    assert decisions == [{name: call[name] for name in decisions[0]} for call in release]


@pytest.mark.parametrize(
    ("missing", "action"),
    [
        (("PipelineRole", "FindBucket"), "s3:GetBucketAcl"),
        (("PipelineRole", "EncryptArtifacts"), "kms:GenerateDataKey"),
        (("BuildRole", "DecryptArtifacts"), "kms:Decrypt"),
        (("BuildRole", "WriteReports"), "codebuild:CreateReportGroup"),
    ],
)
def test_a_missing_statement_fails_the_release_and_is_told(
    pipeline: Pipeline, release: list[Any], missing: tuple[str, str], action: str
) -> None:
    assert release
    pipeline.update(template(missing))
    execution, status = pipeline.release()
    assert status == "Failed"
    refused = [call for call in calls(pipeline.aws, execution=execution) if call["decision"] == "Deny"]
    assert {(call["principal"], call["action"]) for call in refused} == {(ROLES[missing[0]], action)}
    assert {call["reason"] for call in refused} == {f"No identity-based policy allows the {action} action."}


def test_the_file_holds_what_the_endpoint_tells(pipeline: Pipeline, release: list[Any]) -> None:
    lines = (pipeline.aws.state_folder / "ledger" / "calls.jsonl").read_text().splitlines()
    kept = [json.loads(line) for line in lines]
    assert [call for call in kept if call["execution"] == release[0]["execution"]] == release
