"""The engine behind the embedded AWS's API, with the AWS CLI as the client: source, approval, control, a push."""

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from proofs.rehearsal.repository import git
from tests.local_aws_fixture import LocalAws
from tests.support.waiting import until

NAME = "engine-check"
PATIENCE = 30.0

TEMPLATE: dict[str, Any] = {
    "Resources": {
        "Key": {
            "Type": "AWS::KMS::Key",
            "Properties": {
                "KeyPolicy": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}},
                            "Action": "kms:*",
                            "Resource": "*",
                        }
                    ],
                }
            },
        },
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": f"{NAME}-artifacts"}},
        "Connection": {
            "Type": "AWS::CodeConnections::Connection",
            "Properties": {"ConnectionName": NAME, "ProviderType": "GitHub"},
        },
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": NAME,
                "AssumeRolePolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "codepipeline.amazonaws.com"},
                            "Action": "sts:AssumeRole",
                            "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
                        }
                    ],
                },
                "Policies": [
                    {
                        "PolicyName": "work",
                        "PolicyDocument": {
                            "Version": "2012-10-17",
                            "Statement": [
                                {
                                    "Effect": "Allow",
                                    "Action": ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
                                    "Resource": {"Fn::Sub": "${Bucket.Arn}/*"},
                                },
                                {
                                    "Effect": "Allow",
                                    "Action": ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"],
                                    "Resource": {"Fn::GetAtt": ["Bucket", "Arn"]},
                                },
                                {
                                    "Effect": "Allow",
                                    "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
                                    "Resource": {"Fn::GetAtt": ["Key", "Arn"]},
                                },
                                {
                                    "Effect": "Allow",
                                    "Action": ["codeconnections:UseConnection", "codestar-connections:UseConnection"],
                                    "Resource": {"Ref": "Connection"},
                                },
                            ],
                        },
                    }
                ],
            },
        },
        "Pipeline": {
            "Type": "AWS::CodePipeline::Pipeline",
            "Properties": {
                "Name": NAME,
                "PipelineType": "V2",
                "ExecutionMode": "QUEUED",
                "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
                "ArtifactStore": {
                    "Type": "S3",
                    "Location": {"Ref": "Bucket"},
                    "EncryptionKey": {"Id": {"Fn::GetAtt": ["Key", "Arn"]}, "Type": "KMS"},
                },
                "Stages": [
                    {
                        "Name": "Source",
                        "Actions": [
                            {
                                "Name": "Source",
                                "Namespace": "SourceVariables",
                                "ActionTypeId": {
                                    "Category": "Source",
                                    "Owner": "AWS",
                                    "Provider": "CodeStarSourceConnection",
                                    "Version": "1",
                                },
                                "Configuration": {
                                    "ConnectionArn": {"Ref": "Connection"},
                                    "FullRepositoryId": "owner/engine-check",
                                    "BranchName": "prod",
                                },
                                "OutputArtifacts": [{"Name": "SourceArtifact"}],
                            }
                        ],
                    },
                    {
                        "Name": "Approve",
                        "Actions": [
                            {
                                "Name": "Approve",
                                "ActionTypeId": {
                                    "Category": "Approval",
                                    "Owner": "AWS",
                                    "Provider": "Manual",
                                    "Version": "1",
                                },
                                "Configuration": {"CustomData": "Release #{SourceVariables.CommitId}?"},
                            }
                        ],
                    },
                ],
            },
        },
    }
}


@dataclass(frozen=True)
class Live:
    """The pipeline in the embedded AWS, and the repository behind its connection."""

    aws: LocalAws
    repository: Path

    @cached_property
    def client(self) -> Any:
        return self.aws.client("codepipeline")

    def call(self, operation: str, *words: str) -> Any:
        return self.aws.command_json("codepipeline", operation, *words)

    def start(self) -> str:
        return str(self.call("start-pipeline-execution", "--name", NAME)["pipelineExecutionId"])

    def until(self, holds: Callable[[], Any]) -> Any:
        return until(holds, lambda: self.client.get_pipeline_state(name=NAME), PATIENCE)

    def approval_token(self) -> str:
        state = self.client.get_pipeline_state(name=NAME)
        return str(state["stageStates"][1]["actionStates"][0].get("latestExecution", {}).get("token", ""))

    def status(self, execution: str) -> str:
        answer = self.client.get_pipeline_execution(pipelineName=NAME, pipelineExecutionId=execution)
        return str(answer["pipelineExecution"]["status"])

    def answer(self, status: str) -> None:
        token = self.until(self.approval_token)
        words = ["--pipeline-name", NAME, "--stage-name", "Approve", "--action-name", "Approve", "--token", token]
        self.call("put-approval-result", *words, "--result", f"summary=seen,status={status}")


@pytest.fixture(scope="module")
def live(local_aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    repository = tmp_path_factory.mktemp("repository")
    git(repository, "init", "-q", "-b", "prod")
    (repository / "app.py").write_text("one\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "First")
    client = local_aws.client("cloudformation")
    client.create_change_set(
        StackName=NAME,
        ChangeSetName="make",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps(TEMPLATE),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    client.get_waiter("change_set_create_complete").wait(StackName=NAME, ChangeSetName="make")
    client.execute_change_set(StackName=NAME, ChangeSetName="make")
    client.get_waiter("stack_create_complete").wait(StackName=NAME, WaiterConfig={"Delay": 1})
    handshake = local_aws.run("handshake", NAME, "--repository", str(repository))
    assert handshake.returncode == 0, handshake.stderr
    yield Live(local_aws, repository)
    client.delete_stack(StackName=NAME)


def test_a_release_is_started_watched_and_approved(live: Live) -> None:
    execution = live.start()
    live.answer("Approved")
    live.until(lambda: live.status(execution) == "Succeeded")
    words = ("--pipeline-name", NAME, "--filter", f"pipelineExecutionId={execution}")
    details = live.call("list-action-executions", *words)["actionExecutionDetails"]
    source = next(each for each in details if each["actionName"] == "Source")
    approve = next(each for each in details if each["actionName"] == "Approve")
    commit = git(live.repository, "rev-parse", "HEAD")
    assert source["output"]["executionResult"]["externalExecutionId"] == commit
    assert source["output"]["outputVariables"]["CommitId"] == commit
    assert approve["input"]["resolvedConfiguration"]["CustomData"] == f"Release {commit}?"
    assert approve["updatedBy"].endswith(":user/deployer")
    place = source["output"]["outputArtifacts"][0]["s3location"]
    assert place["bucket"] == f"{NAME}-artifacts"


def test_a_release_is_refused_and_retried(live: Live) -> None:
    execution = live.start()
    live.answer("Rejected")
    live.until(lambda: live.status(execution) == "Failed")
    words = ("--pipeline-name", NAME, "--stage-name", "Approve", "--pipeline-execution-id", execution)
    live.call("retry-stage-execution", *words, "--retry-mode", "FAILED_ACTIONS")
    live.answer("Approved")
    live.until(lambda: live.status(execution) == "Succeeded")


def test_a_release_is_stopped(live: Live) -> None:
    execution = live.start()
    live.until(live.approval_token)
    words = ("--pipeline-name", NAME, "--pipeline-execution-id", execution, "--abandon", "--reason", "no")
    live.call("stop-pipeline-execution", *words)
    live.until(lambda: live.status(execution) == "Stopped")


def test_a_push_starts_a_release_of_its_commit(live: Live) -> None:
    remote = live.aws.state_folder / "repositories" / "owner" / f"{NAME}.git"
    live.until(remote.is_dir)
    (live.repository / "app.py").write_text("two\n")
    git(live.repository, "commit", "-qam", "Second")
    told = remote_lines(live.repository, remote, "prod")
    commit = git(live.repository, "rev-parse", "HEAD")
    git(live.repository, "reset", "-q", "--hard", "HEAD~1")

    def newest() -> Any:
        found = live.client.list_pipeline_executions(pipelineName=NAME)["pipelineExecutionSummaries"]
        return next((each for each in found if each["trigger"]["triggerType"] == "WebhookV2"), None)

    live.until(newest)
    live.answer("Approved")
    live.until(lambda: newest()["status"] == "Succeeded")
    assert newest()["sourceRevisions"][0]["revisionId"] == commit
    assert told == [f"{NAME}: branch prod at {commit[:7]} started execution {newest()['pipelineExecutionId']}."]


def remote_lines(repository: Path, *words: object) -> list[str]:
    """Push; return what the other side says."""
    done = subprocess.run(
        ["git", "-C", str(repository), "push", *map(str, words)], capture_output=True, text=True, check=True
    )
    return [line.removeprefix("remote: ").rstrip() for line in done.stderr.splitlines() if line.startswith("remote: ")]


def test_a_push_that_starts_nothing_says_why(live: Live) -> None:
    remote = live.aws.state_folder / "repositories" / "owner" / f"{NAME}.git"
    live.until(remote.is_dir)
    git(live.repository, "config", "core.hooksPath", "/nowhere")
    commit = git(live.repository, "rev-parse", "HEAD")[:7]
    assert remote_lines(live.repository, remote, "HEAD:refs/heads/other", "HEAD:refs/notes/n") == [
        f"{NAME}: branch other at {commit} started nothing: it waits for branch prod.",
        "refs/notes/n started nothing: branches and tags alone start pipelines.",
    ]
    assert remote_lines(live.repository, remote, ":other") == ["refs/heads/other is deleted, which starts nothing."]
    assert live.aws.run("stop").returncode == 0
    absent, kept = remote_lines(live.repository, remote, "HEAD:refs/heads/later")
    assert absent == "The local AWS does not run: start it with bin/local-aws start."
    assert kept == "What was pushed is kept, and starts its pipelines at the next start."
    live.aws.start_again()


def test_an_error_reaches_the_client_with_its_code(live: Live) -> None:
    done = live.aws.command("codepipeline", "start-pipeline-execution", "--name", "nobody")
    assert "(PipelineNotFoundException)" in done.stderr
