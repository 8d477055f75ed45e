"""A small pipeline of a test's own: a git repository, a build, and where asked for an approval and a service."""

import json
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.delivery.project import Document, Project, Result

SERVICE = "web"
NO_IMAGE = "no-image-released-yet"
PASSING = "echo all is well"
PATIENCE = 30.0
"""Seconds."""

PIPELINE_RIGHTS = (
    "s3:GetObject",
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
    "s3:PutObject",
    "codebuild:CreateReportGroup",
    "codebuild:CreateReport",
    "codebuild:UpdateReport",
    "codebuild:BatchPutTestCases",
)


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", "-C", folder, *identity, *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


@dataclass
class ReleaseProject:
    """A project whose pipeline is deployed; its repository's branch is ``prod``."""

    project: Project

    @property
    def repository(self) -> Path:
        return self.project.folder / "repository"

    @property
    def name(self) -> str:
        """The name of the pipeline, the build project, the connection, the cluster and all else."""
        return self.project.prefix

    def commit(self, *commands: str, phase: str = "build", rest: str = "", message: str = "Change") -> str:
        """Commit a buildspec that runs these commands in ``phase``; give the commit's id."""
        lines = ["version: 0.2", "phases:", f"  {phase}:", "    commands:"]
        lines += [f"      - {json.dumps(command)}" for command in commands]
        return self.commit_text("\n".join([*lines, rest, ""]), message)

    def commit_text(self, buildspec: str, message: str = "Change") -> str:
        if not self.repository.exists():
            self.repository.mkdir()
            git(self.repository, "init", "-q", "-b", "prod")
        (self.repository / "buildspec.yml").write_text(buildspec)
        git(self.repository, "add", "-A")
        git(self.repository, "commit", "-q", "--allow-empty", "-m", message)
        return git(self.repository, "rev-parse", "HEAD")

    def commit_image(self, image: str, message: str = "Change") -> str:
        """Commit a buildspec that says which image to deploy."""
        definitions = json.dumps([{"name": SERVICE, "imageUri": image}])
        write = f"printf '%s' '{definitions}' > imagedefinitions.json"
        return self.commit(write, rest="artifacts: {files: [imagedefinitions.json]}", message=message)

    def deploy(
        self,
        *,
        approval: bool = False,
        service: Document | None = None,
        handshake: bool = True,
        build_rights: Sequence[str] = BUILD_RIGHTS,
        mode: str = "QUEUED",
        entry_message: str = "",
    ) -> None:
        """Deploy the pipeline; ``service``: its container's properties, or empty for one that never wants tasks.

        ``entry_message``: the commit message without which nothing comes into stage Build.
        """
        resources = pipeline_resources(self.name, build_rights, approval=approval, deploys=service is not None)
        declared: Document = {}
        if service is not None:
            resources |= service_resources(self.name, service)
            declared = {"WebImage": {"Type": "String", "Default": ""}} if service else {}
        image = {"name": "WebImage", "from": "running-image", "cluster": self.name, "service": SERVICE}
        pipeline = resources["Pipeline"]["Properties"]
        pipeline["ExecutionMode"] = mode
        if entry_message:
            pipeline["Stages"][1]["BeforeEntry"] = {"Conditions": [message_must_be(entry_message)]}
        stack = self.project.stack(
            "all",
            resources,
            declared=declared,
            capabilities=["CAPABILITY_NAMED_IAM"],
            parameters=[{**image, "container": SERVICE}] if declared else [],
        )
        if service:
            self._add_condition()
        self.project.manifest["pipelines"] = [self.entry(stack)]
        done = self.project.deploy()
        assert done.code == 0, done.err
        if handshake:
            self.handshake()

    def _add_condition(self) -> None:
        path = self.project.folder / "build" / "all.json"
        template = json.loads(path.read_text())
        template["Conditions"] = {"HasImage": {"Fn::Not": [{"Fn::Equals": [{"Ref": "WebImage"}, ""]}]}}
        path.write_text(json.dumps(template))

    def entry(self, stack: str) -> Document:
        return {
            "service": SERVICE,
            "stack": stack,
            "pipeline": self.name,
            "branch": "prod",
            "repository": "owner/shop",
            "cluster": self.name,
            "ecs_service": SERVICE,
            "container": SERVICE,
            "url": None,
            "health_check_path": "/health",
            "desired_count": 1,
        }

    def handshake(self) -> None:
        done = self.project.aws.run("handshake", self.name, "--repository", str(self.repository))
        assert done.returncode == 0, done.stderr

    def run(self, *words: str, **environment: str) -> Result:
        return self.project.run(*words, **environment)

    def executions(self) -> list[Document]:
        found: list[Document] = self.client("codepipeline").list_pipeline_executions(pipelineName=self.name)[
            "pipelineExecutionSummaries"
        ]
        return found

    def client(self, service: str) -> Any:
        return self.project.client(service)

    def until(self, holds: Callable[[], Any]) -> Any:
        end = time.monotonic() + PATIENCE
        while not (found := holds()):
            assert time.monotonic() < end, self.run("status").out
            time.sleep(0.1)
        return found

    def wait_for(self, action: str) -> str:
        """Wait until an action of the newest execution is at work; give the execution's id."""

        def at_work() -> str:
            details = self.client("codepipeline").list_action_executions(pipelineName=self.name)
            found = [one for one in details["actionExecutionDetails"] if one["status"] == "InProgress"]
            return next((one["pipelineExecutionId"] for one in found if one["actionName"] == action), "")

        return str(self.until(at_work))

    def wait_for_build(self) -> str:
        return self.wait_for("bake")

    def wait_until_asked(self) -> str:
        return self.wait_for("Approve")


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
        stages.append(
            {"Name": "Deploy", "Actions": [action("Deploy", "Deploy", "ECS", configuration, inputs=["Image"])]}
        )
    return {
        "Store": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": f"{name}-store"}},
        "Connection": {
            "Type": "AWS::CodeConnections::Connection",
            "Properties": {"ConnectionName": name, "ProviderType": "GitHub"},
        },
        "PipelineRole": role(f"{name}-pipeline", "codepipeline", *PIPELINE_RIGHTS),
        "BuildRole": role(f"{name}-build", "codebuild", *build_rights),
        "Bake": build_project(name),
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
    kind = {"Category": "Rule", "Owner": "AWS", "Provider": "VariableCheck", "Version": "1"}
    return {"Result": "FAIL", "Rules": [{"Name": "Message", "RuleTypeId": kind, "Configuration": configuration}]}


def build_project(name: str) -> Document:
    return {
        "Type": "AWS::CodeBuild::Project",
        "Properties": {
            "Name": name,
            "ServiceRole": {"Fn::GetAtt": ["BuildRole", "Arn"]},
            "Source": {"Type": "CODEPIPELINE"},
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
