"""A pipeline of two stages whose roles may do what a release needs, a statement for each intent."""

from collections.abc import Sequence
from typing import Any

from tests.support.roles import allow, role

NAME = "ledger-check"
SOURCE = "version: 0.2\nenv:\n  parameter-store:\n    WORD: /ledger-check/word\nphases:\n  build:\n    commands:\n"
SOURCE += "      - echo '<testsuite><testcase name=\"a\"/></testsuite>' > report.xml\n"
SOURCE += "artifacts:\n  files: [report.xml]\nreports:\n  unit:\n    files: [report.xml]\n"

OBJECTS, BUCKET_ARN = {"Fn::Sub": "${Bucket.Arn}/*"}, {"Fn::GetAtt": ["Bucket", "Arn"]}
KEY_ARN = {"Fn::GetAtt": ["Key", "Arn"]}
THROUGH_S3 = {"StringEquals": {"kms:ViaService": "s3.ca-central-1.amazonaws.com"}}
OWN = {"StringEquals": {"aws:ResourceAccount": {"Ref": "AWS::AccountId"}}}


def _arn(service: str, resource: str) -> Any:
    return {"Fn::Sub": f"arn:aws:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}"}


PIPELINE: dict[str, tuple[Sequence[str], Any, Any]] = {
    "FindBucket": (["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"], BUCKET_ARN, OWN),
    "StoreArtifacts": (["s3:PutObject"], OBJECTS, OWN),
    "EncryptArtifacts": (["kms:GenerateDataKey"], KEY_ARN, THROUGH_S3),
    "UseConnection": (
        ["codeconnections:UseConnection", "codestar-connections:UseConnection"], {"Ref": "Connection"}, None,
    ),
    "RunBuilds": (["codebuild:StartBuild", "codebuild:BatchGetBuilds"], {"Fn::GetAtt": ["Project", "Arn"]}, None),
}  # fmt: skip
BUILD: dict[str, tuple[Sequence[str], Any, Any]] = {
    "WriteLogs": (
        ["logs:CreateLogStream", "logs:PutLogEvents"], _arn("logs", f"log-group:/aws/codebuild/{NAME}:*"), None,
    ),
    "ReadArtifacts": (["s3:GetObject", "s3:GetObjectVersion"], OBJECTS, OWN),
    "DecryptArtifacts": (["kms:Decrypt"], KEY_ARN, THROUGH_S3),
    "StoreArtifacts": (["s3:PutObject"], OBJECTS, OWN),
    "EncryptArtifacts": (["kms:GenerateDataKey"], KEY_ARN, THROUGH_S3),
    "ReadParameters": (["ssm:GetParameters"], _arn("ssm", f"parameter/{NAME}/*"), None),
    "WriteReports": (
        [f"codebuild:{name}" for name in ("CreateReportGroup", "CreateReport", "BatchPutTestCases", "UpdateReport")],
        _arn("codebuild", f"report-group/{NAME}-*"),
        None,
    ),
}  # fmt: skip
STATEMENTS = {"PipelineRole": PIPELINE, "BuildRole": BUILD}


def template(without: tuple[str, str] = ("", "")) -> Any:
    """Return the template; ``without`` names a role's logical id and the Sid of the statement that is left out."""
    everyone = {"Effect": "Allow", "Principal": {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}}
    encryption = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY_ARN}
    resources = {
        "Key": {
            "Type": "AWS::KMS::Key",
            "Properties": {"KeyPolicy": {"Statement": [{**everyone, "Action": "kms:*", "Resource": "*"}]}},
        },
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            "Properties": {
                "BucketName": f"{NAME}-artifacts",
                "BucketEncryption": {
                    "ServerSideEncryptionConfiguration": [
                        {"ServerSideEncryptionByDefault": encryption, "BucketKeyEnabled": True}
                    ]
                },
            },
        },
        "Word": {
            "Type": "AWS::SSM::Parameter",
            "Properties": {"Name": f"/{NAME}/word", "Type": "String", "Value": "hello"},
        },
        "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": f"/aws/codebuild/{NAME}"}},
        "Connection": {
            "Type": "AWS::CodeConnections::Connection",
            "Properties": {"ConnectionName": NAME, "ProviderType": "GitHub"},
        },
        "PipelineRole": _role("codepipeline", "PipelineRole", without),
        "BuildRole": _role("codebuild", "BuildRole", without),
        "Project": _project(),
        "Pipeline": _pipeline(),
    }
    return {"Resources": resources}


def _role(service: str, logical_id: str, without: tuple[str, str]) -> Any:
    statements = [
        allow(actions, resource, Sid=sid, **({"Condition": condition} if condition else {}))
        for sid, (actions, resource, condition) in STATEMENTS[logical_id].items()
        if (logical_id, sid) != without
    ]
    principal = {"Service": f"{service}.amazonaws.com"}
    return role(f"{NAME}-{service}", *statements, principal=principal, policy="work")


def _project() -> Any:
    environment = {
        "Type": "LINUX_CONTAINER",
        "Image": "aws/codebuild/standard:7.0",
        "ComputeType": "BUILD_GENERAL1_SMALL",
    }
    return {
        "Type": "AWS::CodeBuild::Project",
        "Properties": {
            "Name": NAME,
            "ServiceRole": {"Fn::GetAtt": ["BuildRole", "Arn"]},
            "Source": {"Type": "CODEPIPELINE"},
            "Artifacts": {"Type": "CODEPIPELINE"},
            "Environment": environment,
        },
    }


def _pipeline() -> Any:
    store = {"Type": "S3", "Location": {"Ref": "Bucket"}, "EncryptionKey": {"Id": KEY_ARN, "Type": "KMS"}}
    connection = {"ConnectionArn": {"Ref": "Connection"}, "FullRepositoryId": "owner/shop", "BranchName": "prod"}
    return {
        "Type": "AWS::CodePipeline::Pipeline",
        "Properties": {
            "Name": NAME,
            "PipelineType": "V2",
            "RoleArn": {"Fn::GetAtt": ["PipelineRole", "Arn"]},
            "ArtifactStore": store,
            "Stages": [
                _stage("Source", "CodeStarSourceConnection", connection, [], ["Code"]),
                _stage("Build", "CodeBuild", {"ProjectName": {"Ref": "Project"}}, ["Code"], ["Made"]),
            ],
        },
    }


def _stage(category: str, provider: str, configuration: Any, inputs: list[str], outputs: list[str]) -> Any:
    action = {
        "Name": category,
        "ActionTypeId": {"Category": category, "Owner": "AWS", "Provider": provider, "Version": "1"},
        "Configuration": configuration,
        "InputArtifacts": [{"Name": each} for each in inputs],
        "OutputArtifacts": [{"Name": each} for each in outputs],
    }
    return {"Name": category, "Actions": [action]}
