"""No statement, and no action of one, can be taken from any role without a contract that names it.

Contracts read buildspecs and shell. What programs of Python ask for is none of theirs: the proof shows it.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contracts.project import PIPELINE, Changed, untouched


def documents(project: Changed) -> Iterator[tuple[str, str, int]]:
    """Give (file, role, number) of each policy document; number -1 is the trust policy."""
    for file, template in project.templates.items():
        for logical_id, resource in template.get("Resources", {}).items():
            if resource["Type"] == "AWS::IAM::Role":
                yield file, logical_id, -1
                yield from (
                    (file, logical_id, number) for number in range(len(resource["Properties"].get("Policies", [])))
                )


def document(project: Changed, file: str, role: str, number: int) -> Any:
    properties = project.resource(file, role)
    return properties["AssumeRolePolicyDocument"] if number < 0 else properties["Policies"][number]["PolicyDocument"]


OF_PROGRAMS = {
    "AdmitRole": {"SeeExecution", "SeeScan", "VerifyAttestations", "ReadAttestations"},
    "BakeImageRole": {"SeeChecks", "SignAttestations", "StoreAttestations"},
}
"""What `admission` asks for."""
STATEMENTS = [
    pytest.param(file, role, number, index, id=f"{role}-{statement['Sid']}")
    for file, role, number in documents(untouched())
    for index, statement in enumerate(document(untouched(), file, role, number)["Statement"])
    if statement["Sid"] not in OF_PROGRAMS.get(role, ())
]


def test_the_project_keeps_its_contracts() -> None:
    assert untouched().found() == []


@pytest.mark.parametrize(("file", "role", "number", "index"), STATEMENTS)
def test_a_statement_that_is_taken_away_is_missed(file: str, role: str, number: int, index: int) -> None:
    project = untouched()
    statement = document(project, file, role, number)["Statement"].pop(index)
    found = project.found()
    for action in statement["Action"]:
        telling = [one for one in found if f" {action}" in one.sentence and role in one.sentence]
        assert telling, action
        assert all((one.file, one.place.split("/")[:2]) == (file, ["Resources", role]) for one in telling)
        assert all(one.line > 0 and one.remedy for one in telling)


@pytest.mark.parametrize(("file", "role", "number", "index"), STATEMENTS)
def test_an_action_that_is_taken_away_is_missed_alone(file: str, role: str, number: int, index: int) -> None:
    for position in range(len(document(untouched(), file, role, number)["Statement"][index]["Action"])):
        project = untouched()
        action = document(project, file, role, number)["Statement"][index]["Action"].pop(position)
        found = project.found()
        assert found, action
        assert all(f" {action}" in one.sentence for one in found), [one.sentence for one in found]


@pytest.mark.parametrize(
    ("role", "sid", "put"),
    [
        ("BakeImageRole", "PushImage", {"Resource": "arn:aws:ecr:ca-central-1:111122223333:repository/another"}),
        ("BakeImageRole", "ReadArtifacts", {"Condition": {"StringEquals": {"aws:ResourceAccount": "111122223333"}}}),
        ("TestRole", "ReadParameters", {"Resource": "arn:aws:ssm:ca-central-1:111122223333:parameter/another/*"}),
        (
            "PipelineRole",
            "PassTaskRoles",
            {"Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}},
        ),
        ("PipelineRole", "RunBuilds", {"Effect": "Deny"}),
    ],
)
def test_a_statement_that_no_longer_fits_is_missed(role: str, sid: str, put: dict[str, Any]) -> None:
    project = untouched()
    (file,) = {file for file, name, _ in documents(project) if name == role}
    for statement in document(project, file, role, 0)["Statement"]:
        if statement["Sid"] == sid:
            statement.update(put)
    assert {one.id for one in project.found()} == {"E9603"}


def test_wildcards_and_policies_beside_the_role_are_rights_too() -> None:
    project = untouched()
    (file,) = {file for file, name, _ in documents(project) if name == "BakeImageRole"}
    (policy,) = project.resource(file, "BakeImageRole").pop("Policies")
    for statement in policy["PolicyDocument"]["Statement"]:
        statement["Action"] = [f"{action[: action.index(':') + 4]}*" for action in statement["Action"]]
    project.templates[file]["Resources"]["Beside"] = {
        "Type": "AWS::IAM::Policy",
        "Properties": {**policy, "Roles": [{"Ref": "BakeImageRole"}]},
    }
    assert project.found() == []


def test_a_role_with_managed_policies_may_more_than_is_known() -> None:
    project = untouched()
    (file,) = {file for file, name, _ in documents(project) if name == "BakeImageRole"}
    properties = project.resource(file, "BakeImageRole")
    del properties["Policies"]
    properties["ManagedPolicyArns"] = ["arn:aws:iam::aws:policy/PowerUserAccess"]
    assert project.found() == []


def test_a_trust_under_another_source_does_not_let_the_service_in() -> None:
    project = untouched()
    (file,) = {file for file, name, _ in documents(project) if name == "TestRole"}
    condition = document(project, file, "TestRole", -1)["Statement"][0]["Condition"]
    condition["ArnEquals"]["aws:SourceArn"]["Fn::Sub"] = condition["ArnEquals"]["aws:SourceArn"]["Fn::Sub"].replace(
        "-test", "-bake-image"
    )
    (found,) = project.found()
    assert (found.id, found.place) == ("E9604", "Resources/TestRole/Properties/AssumeRolePolicyDocument")
    assert "codebuild.amazonaws.com must assume TestRole" in found.sentence


@pytest.mark.parametrize("missing", ["inspector-scan:ScanSbom", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"])
@pytest.mark.parametrize("mode", ["SourceCodeScan", "ECRImageScan"])
def test_a_scan_of_inspector_needs_what_it_scans(mode: str, missing: str) -> None:
    project = untouched()
    project.resource(PIPELINE, "Pipeline")["Stages"][2]["Actions"].append(
        {
            "Name": "Scan",
            "ActionTypeId": {"Category": "Invoke", "Owner": "AWS", "Provider": "InspectorScan", "Version": "1"},
            "Configuration": {"InspectorRunMode": mode, "ECRRepositoryName": "backend-flask", "ImageTag": "1"},
            "InputArtifacts": [{"Name": "SourceArtifact"}],
            "RunOrder": 2,
        }
    )
    may = {"inspector-scan:ScanSbom", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheck*", "logs:*"}
    statement = {"Effect": "Allow", "Action": sorted({*may, "ecr:GetAuth*"} - {missing}), "Resource": "*"}
    document(project, PIPELINE, "PipelineRole", 0)["Statement"].append(statement)
    found = [one.sentence for one in project.found()]
    assert len(found) == (mode == "ECRImageScan" or not missing.startswith("ecr"))
    assert all(f" {missing}" in one for one in found)
