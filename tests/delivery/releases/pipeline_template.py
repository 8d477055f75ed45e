"""The template of a small pipeline: a source, a build, and where asked for an approval and a service."""

from collections.abc import Sequence
from typing import Any

from tests.delivery.project import Document

SERVICE = "web"
NO_IMAGE = "no-image-released-yet"

PIPELINE_RIGHTS = (
    "s3:GetBucketAcl",
    "s3:GetBucketLocation",
    "s3:GetBucketVersioning",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:PutObject",
    "codeconnections:UseConnection",
    "codestar-connections:UseConnection",
    "codebuild:StartBuild",
    "codebuild:BatchGetBuilds",
    "ecs:*",
    "iam:PassRole",
)
BUILD_RIGHTS = (
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:PutObject",
    "codebuild:CreateReportGroup",
    "codebuild:CreateReport",
    "codebuild:UpdateReport",
    "codebuild:BatchPutTestCases",
)


def role(name: str, service: str, *actions: str) -> Document:
    trust = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
    allow = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": name,
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [
                {"PolicyName": "work", "PolicyDocument": {"Version": "2012-10-17", "Statement": [allow]}},
            ],
        },
    }


TASKS = """version: 0.2
phases:
  build:
    commands:
      - 'echo "task: ${COMMAND:-the migrations} of $IMAGE"'
      - '[[ ${COMMAND:-} != *false* ]] || { echo "The migration failed: exit code 1, as it was told to."; false; }'
env: {shell: bash}
"""
"""What stands for the build that runs a task: it says what it was to run."""


def pipeline_resources(name: str, build_rights: Sequence[str], *, approval: bool, deploys: bool) -> Document:
    source = action(
        "Source",
        "Source",
        "CodeStarSourceConnection",
        {"ConnectionArn": {"Ref": "Connection"}, "FullRepositoryId": "owner/shop", "BranchName": "prod"},
        outputs=["Code"],
    )
    source["Namespace"] = "SourceVariables"
    made = ["Image"] if deploys else []
    build = action("bake", "Build", "CodeBuild", {"ProjectName": {"Ref": "Bake"}}, inputs=["Code"], outputs=made)
    stages = [{"Name": "Source", "Actions": [source]}, {"Name": "Build", "Actions": [build]}]
    if approval:
        stages.append({"Name": "Approve", "Actions": [action("Approve", "Approval", "Manual", {})]})
    if deploys:
        configuration = {"ClusterName": name, "ServiceName": SERVICE, "DeploymentTimeout": "1"}
        migrate = action("Migrate", "Build", "CodeBuild", {"ProjectName": {"Ref": "Tasks"}}, inputs=["Image"])
        deploy = {**action("Deploy", "Deploy", "ECS", configuration, inputs=["Image"]), "RunOrder": 2}
        stages.append({"Name": "Deploy", "Actions": [migrate, deploy]})
    return {
        "Store": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": f"{name}-store"}},
        "Connection": {
            "Type": "AWS::CodeConnections::Connection",
            "Properties": {"ConnectionName": name, "ProviderType": "GitHub"},
        },
        "PipelineRole": role(f"{name}-pipeline", "codepipeline", *PIPELINE_RIGHTS),
        "BuildRole": role(f"{name}-build", "codebuild", *build_rights),
        "Bake": build_project(name),
        **({"Tasks": build_project(f"{name}-tasks", TASKS)} if deploys else {}),
        "Pipeline": {
            "Type": "AWS::CodePipeline::Pipeline",
            **({"DependsOn": "Service"} if deploys else {}),
            "Properties": {
                "Name": name,
                "PipelineType": "V2",
                "ExecutionMode": "QUEUED",
                "RoleArn": {"Fn::GetAtt": ["PipelineRole", "Arn"]},
                "ArtifactStore": {"Type": "S3", "Location": {"Ref": "Store"}},
                "Stages": stages,
            },
        },
    }


def message_must_be(message: str) -> Document:
    configuration = {"Variable": "#{SourceVariables.CommitMessage}", "Value": message, "Operator": "EQ"}
    return condition("Message", "VariableCheck", configuration)


def open_at(cron: str) -> Document:
    return condition("Window", "DeploymentWindow", {"Cron": cron})


def condition(name: str, provider: str, configuration: Document) -> Document:
    kind = {"Category": "Rule", "Owner": "AWS", "Provider": provider, "Version": "1"}
    return {"Result": "FAIL", "Rules": [{"Name": name, "RuleTypeId": kind, "Configuration": configuration}]}


def build_project(name: str, buildspec: str = "buildspec.yml") -> Document:
    return {
        "Type": "AWS::CodeBuild::Project",
        "Properties": {
            "Name": name,
            "ServiceRole": {"Fn::GetAtt": ["BuildRole", "Arn"]},
            "Source": {"Type": "CODEPIPELINE", "BuildSpec": buildspec},
            "Artifacts": {"Type": "CODEPIPELINE"},
            "TimeoutInMinutes": 5,
            "Environment": {
                "Type": "LINUX_CONTAINER",
                "Image": "aws/codebuild/standard:7.0",
                "ComputeType": "BUILD_GENERAL1_SMALL",
            },
        },
    }


def action(
    name: str, category: str, provider: str, configuration: Document, inputs: Any = (), outputs: Any = ()
) -> Document:
    return {
        "Name": name,
        "ActionTypeId": {"Category": category, "Owner": "AWS", "Provider": provider, "Version": "1"},
        "Configuration": configuration,
        "InputArtifacts": [{"Name": one} for one in inputs],
        "OutputArtifacts": [{"Name": one} for one in outputs],
    }


def service_resources(name: str, properties: Document) -> Document:
    container = {
        "Name": SERVICE,
        "Image": {"Fn::If": ["HasImage", {"Ref": "WebImage"}, NO_IMAGE]} if properties else NO_IMAGE,
        "Essential": True,
        "LinuxParameters": {"InitProcessEnabled": True},
        **properties,
    }
    return {
        "Cluster": {"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": name}},
        "Definition": {
            "Type": "AWS::ECS::TaskDefinition",
            "Properties": {
                "Family": name,
                "Cpu": "256",
                "Memory": "512",
                "NetworkMode": "awsvpc",
                "RequiresCompatibilities": ["FARGATE"],
                "ContainerDefinitions": [container],
            },
        },
        "Service": {
            "Type": "AWS::ECS::Service",
            "Properties": {
                "ServiceName": SERVICE,
                "Cluster": {"Ref": "Cluster"},
                "TaskDefinition": {"Ref": "Definition"},
                "DesiredCount": {"Fn::If": ["HasImage", 1, 0]} if properties else 0,
                "LaunchType": "FARGATE",
                "NetworkConfiguration": {
                    "AwsvpcConfiguration": {"Subnets": ["subnet-12345678"], "AssignPublicIp": "DISABLED"}
                },
                "DeploymentConfiguration": {
                    "DeploymentCircuitBreaker": {"Enable": True, "Rollback": True},
                    "MinimumHealthyPercent": 100,
                    "MaximumPercent": 200,
                },
            },
        },
    }
