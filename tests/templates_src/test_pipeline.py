"""What the pipeline of the templates runs, in which order and when, and what its builds may do."""

from pathlib import Path

import pytest

from tests.templates_src.systems import VARIANTS, System, allowed_to, one, templates, variables_of


def test_a_push_to_the_branch_that_touches_the_service_starts_the_pipeline(shipped: System) -> None:
    pipeline = one(shipped, "AWS::CodePipeline::Pipeline")
    assert (pipeline["PipelineType"], pipeline["ExecutionMode"]) == ("V2", "QUEUED")
    (trigger,) = pipeline["Triggers"]
    assert trigger["GitConfiguration"]["Push"] == [
        {"Branches": {"Includes": ["prod"]}, "FilePaths": {"Includes": ["backend-flask/**"]}}
    ]
    assert pipeline["Stages"][0]["Actions"][0]["Configuration"]["DetectChanges"] == "false"
    assert pipeline["Stages"][-1]["OnFailure"] == {"Result": "ROLLBACK"}


def test_the_security_checks_run_beside_the_tests_and_may_but_report(shipped: System) -> None:
    made = shipped["cruddur-backend-flask-pipeline"]["Resources"]
    (beside,) = [stage["Actions"] for stage in made["Pipeline"]["Properties"]["Stages"] if stage["Name"] == "Test"]
    assert [(action["Name"], action["RunOrder"]) for action in beside] == [("Test", 1), ("Secure", 1)]
    allowed = allowed_to(made["SecureRole"])
    assert {action.partition(":")[0] for action in allowed} == {"logs", "s3", "kms", "codebuild"}
    assert not made["SecureProject"]["Properties"]["Environment"]["PrivilegedMode"]
    variables = variables_of(made["SecureProject"])
    assert (variables["SERVICE_FOLDER"], variables["NOT_SHIPPED"]) == ("backend-flask", "tests;bench")
    assert "LGPL-3.0-only" in variables["ALLOWED_LICENCES"].split(";")


def test_what_verifies_runs_after_the_deployment_and_may_but_look_and_report(tmp_path: Path, shipped: System) -> None:
    made = shipped["cruddur-backend-flask-pipeline"]["Resources"]
    allowed = allowed_to(made["VerifyRole"])
    reports = {"BatchPutTestCases", "CreateReport", "CreateReportGroup", "UpdateReport"}
    assert allowed == {
        *("logs:CreateLogStream", "logs:PutLogEvents", "s3:GetObject", "s3:GetObjectVersion", "kms:Decrypt"),
        *("ecs:DescribeServices", *(f"codebuild:{one}" for one in reports)),
    }
    assert not made["VerifyProject"]["Properties"]["Environment"]["PrivilegedMode"]
    # A deployment that has shifted its traffic is taken back, too, when what it shifted to does not answer as it must.
    for name in ("as shipped", "canary"):
        pipeline = one(templates(tmp_path, VARIANTS[name]), "AWS::CodePipeline::Pipeline")
        assert pipeline["Stages"][-1]["OnFailure"] == {"Result": "ROLLBACK"}, name
    without = templates(tmp_path, VARIANTS["no verify"])["cruddur-backend-flask-pipeline"]
    assert not [name for name in without["Resources"] if name.startswith("Verify")]
    assert "BackendFlaskUrl" not in without["Parameters"]


def test_the_address_that_is_verified_is_asked_for_where_the_runtime_is_not_made_here(tmp_path: Path) -> None:
    made = templates(tmp_path, VARIANTS["own runtime"])["cruddur-backend-flask-pipeline"]
    assert "Default" not in made["Parameters"]["BackendFlaskUrl"]
    assert variables_of(made["Resources"]["VerifyProject"])["SERVICE_URL"] == {"Ref": "BackendFlaskUrl"}


def test_the_gate_stands_right_before_the_deployment_and_may_but_look(shipped: System) -> None:
    made = shipped["cruddur-backend-flask-pipeline"]["Resources"]
    *_, deploy = made["Pipeline"]["Properties"]["Stages"]
    orders = [(action["Name"], action["RunOrder"]) for action in deploy["Actions"]]
    assert orders == [("Admit", 1), ("Migrate", 2), ("Deploy", 3), ("Verify", 4)]
    admit = deploy["Actions"][0]
    assert [one["Name"] for one in admit["InputArtifacts"]] == ["SourceArtifact", "imageDefinition"]
    assert "#{SourceVariables.CommitId}" in admit["Configuration"]["EnvironmentVariables"]
    allowed = allowed_to(made["AdmitRole"])
    assert allowed.isdisjoint({"kms:Sign", "s3:PutObject", "ecr:PutImage", "ecs:UpdateService", "iam:PassRole"})
    variables = variables_of(made["AdmitProject"])
    assert variables["REQUIRED_CHECKS"] == "Test/Test,Test/Secure"


def test_without_the_gate_there_is_neither_key_nor_attestation(tmp_path: Path) -> None:
    made = templates(tmp_path, VARIANTS["no gate"])["cruddur-backend-flask-pipeline"]["Resources"]
    assert {"SigningKey", "AdmitProject", "AdmitRole"}.isdisjoint(made)
    assert [one["Name"] for one in made["Pipeline"]["Properties"]["Stages"][-1]["Actions"]] == [
        "Migrate",
        "Deploy",
        "Verify",
    ]
    assert "SIGNING_KEY" not in str(made["BakeImageProject"])


@pytest.mark.parametrize(
    ("severity", "inspected"), [("CRITICAL", ["Critical"]), ("MEDIUM", ["Critical", "High", "Medium"]), ("NONE", [])]
)
def test_inspector_scans_the_image_of_the_commit_in_place_of_the_gate(
    tmp_path: Path, severity: str, inspected: list[str]
) -> None:
    changes = (*VARIANTS["inspector"], ('severity = "CRITICAL"', f'severity = "{severity}"'))
    made = templates(tmp_path, changes)["cruddur-backend-flask-pipeline"]["Resources"]
    build = made["Pipeline"]["Properties"]["Stages"][2]
    scans = [one for one in build["Actions"] if one["ActionTypeId"]["Provider"] == "InspectorScan"]
    assert len(scans) == bool(inspected)
    for scan in scans:
        assert scan["RunOrder"] == 2
        assert scan["Configuration"] == {
            "InspectorRunMode": "ECRImageScan",
            "ECRRepositoryName": "backend-flask",
            "ImageTag": "#{SourceVariables.CommitId}",
            **{f"{one}Threshold": "0" for one in inspected},
        }
    assert ("inspector-scan:ScanSbom" in allowed_to(made["PipelineRole"])) == bool(inspected)
    assert ("ecr:BatchGetImage" in allowed_to(made["PipelineRole"])) == bool(inspected)
    assert ("ScanLogGroup" in made) == bool(inspected)
    assert "ecr:DescribeImageScanFindings" not in allowed_to(made["AdmitRole"])
    assert variables_of(made["AdmitProject"])["SEVERITY"] == "NONE"


def test_a_pull_request_project_has_badge_and_webhook_and_no_right_to_release(tmp_path: Path) -> None:
    made = templates(tmp_path, VARIANTS["pull requests"])["cruddur-backend-flask-pipeline"]["Resources"]
    project = made["PullRequestProject"]["Properties"]
    assert project["BadgeEnabled"]
    assert project["Source"]["Type"] == "GITHUB"
    assert project["Source"]["ReportBuildStatus"]
    allowed = allowed_to(made["PullRequestRole"])
    assert not any(action.startswith(("ecr:", "s3:", "ecs:", "iam:")) for action in allowed)
    assert {"codeconnections:GetConnection", "codeconnections:GetConnectionToken"} <= allowed
    # A fork's code waits for somebody who may push, and never runs under a role that a release has.
    assert project["Triggers"]["PullRequestBuildPolicy"] == {
        "RequiresCommentApproval": "FORK_PULL_REQUESTS",
        "ApproverRoles": ["GITHUB_WRITE", "GITHUB_MAINTAIN", "GITHUB_ADMIN"],
    }
    roles = [
        made[name]["Properties"]["ServiceRole"]
        for name in ("PullRequestProject", "TestProject", "SecureProject", "BakeImageProject")
    ]
    assert roles[0] == {"Fn::GetAtt": ["PullRequestRole", "Arn"]}
    assert roles[0] not in roles[1:]
    for name in ("TestProject", "SecureProject", "BakeImageProject"):
        assert "Triggers" not in made[name]["Properties"]
        assert "BadgeEnabled" not in made[name]["Properties"]


def test_the_first_deployment_runs_no_task(shipped: System) -> None:
    service = one(shipped, "AWS::ECS::Service")
    assert service["DesiredCount"] == {"Fn::If": ["HasBackendFlaskImage", 1, 0]}
    parameters = shipped["cruddur-backend-flask"]["Parameters"]
    assert parameters["BackendFlaskImage"]["Default"] == ""
    assert service["DeploymentConfiguration"]["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
