"""What must be refused is refused; where a role would allow it, that is found."""

from typing import Any

import pytest

from proofs.analysis import escalations
from proofs.analysis.near_misses import another, elsewhere
from tests.proofs.conftest import Change, Proof, statements


def granting(*actions: str) -> Change:
    return lambda properties: statements(properties).append(
        {"Sid": "More", "Effect": "Allow", "Action": list(actions), "Resource": ["*"]}
    )


def passing_anything(properties: dict[str, Any]) -> None:
    (statement,) = (one for one in statements(properties) if one["Sid"] == "PassTaskRoles")
    statement.update(Resource=["*"], Condition={})


def trusting_every_account(properties: dict[str, Any]) -> None:
    del properties["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]


def key_without_s3(properties: dict[str, Any]) -> None:
    for statement in statements(properties):
        if statement["Sid"] == "DecryptArtifacts":
            del statement["Condition"]


@pytest.mark.parametrize(
    ("role", "change", "identifier", "words"),
    [
        ("TestRole", granting("ecr:PutImage"), "near-miss", "the gate or what verifies push an image"),
        ("PullRequestRole", granting("ssm:GetParameters"), "near-miss", "a pull request reads a value of the release"),
        ("PipelineRole", passing_anything, "near-miss", "a role of an administrator is handed to a task"),
        ("PipelineRole", passing_anything, "near-miss", "a role of the task is handed to another service"),
        ("PipelineRole", passing_anything, "escalation", "reaches *"),
        ("TestRole", trusting_every_account, "near-miss", "codebuild.amazonaws.com takes the role"),
        ("TestRole", key_without_s3, "near-miss", "the artifacts' key is used by itself"),
        ("BakeImageRole", granting("iam:CreatePolicyVersion"), "escalation", "iam:CreatePolicyVersion"),
        ("BakeImageRole", granting("ssm:SendCommand"), "escalation", "ssm:SendCommand"),
        (
            "TestRole",
            granting("iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"),
            "escalation",
            "lambda",
        ),
    ],
)
def test_what_would_be_allowed_is_found(proof: Proof, role: str, change: Change, identifier: str, words: str) -> None:
    findings = proof.tried_after(role, change)
    assert any(one.id == identifier and one.place.startswith(role) and words in one.sentence for one in findings)


def test_every_attempt_says_what_it_is_and_each_grant_is_allowed_first(proof: Proof) -> None:
    refusals = proof.of(proof.everything, everything=True).refusals
    fair = [one for one in refusals if one.attempt.fair]
    assert fair
    assert all(one.verdict.allowed for one in fair)
    assert len(refusals) - len(fair) > 10 * len(fair)
    assert not any(one.verdict.allowed for one in refusals if not one.attempt.fair)


def test_every_published_way_is_tried_on_every_role_and_known_ones_lead_where_they_say(proof: Proof) -> None:
    judged = proof.of(proof.everything, everything=True)
    assert len(escalations.ways()) > 80
    assert {(one.role.id, one.way.id) for one in judged.open} == {
        ("PipelineRole", "codebuild-002"),
        ("PipelineRole", "ecs-update-service"),
        ("MigrateRole", "ecs-004"),
        ("MigrateRole", "ecs-run-task-with-override"),
    }
    reached = {one.way.id: one.reaches for one in judged.open}
    builds = ("AdmitRole", "BakeImageRole", "MigrateRole", "SecureRole", "TestRole", "VerifyRole")
    named = "arn:aws:codebuild:ca-central-1:000000000000:project/load-test"
    assert reached["codebuild-002"] == (*builds, named), "a gate's project is the user's own"
    assert reached["ecs-update-service"] == ("BackendFlaskExecutionRole", "BackendFlaskTaskRole")


@pytest.mark.parametrize(
    ("resource", "others"),
    [
        (
            "arn:aws:ssm:ca-central-1:000000000000:parameter/a/b",
            [
                "arn:aws:ssm:ca-central-1:000000000000:parameter/another-a/b",
                "arn:aws:ssm:ca-central-1:000000000000:parameter/a/another-b",
                "arn:aws:ssm:ca-central-1:000000000000:parameter/a/b-another",
                "arn:aws:ssm:ca-central-1:111122223333:parameter/a/b",
                "arn:aws:ssm:us-east-1:000000000000:parameter/a/b",
            ],
        ),
        ("arn:aws:s3:::bucket/*", ["arn:aws:s3:::another-bucket/anything"]),
        ("*", []),
    ],
)
def test_elsewhere_differs_in_one_part_each(resource: str, others: list[str]) -> None:
    assert list(elsewhere(resource)) == others


@pytest.mark.parametrize(
    ("value", "other"),
    [
        ("true", "false"),
        ("000000000000", "111122223333"),
        ("s3.ca-central-1.amazonaws.com", "s3.ca-central-1.example.com"),
        ("RegisterTaskDefinition", "another-RegisterTaskDefinition"),
    ],
)
def test_another_value_is_of_the_same_kind(value: str, other: str) -> None:
    assert another(value) == other
