"""Makes the CodeBuild projects of a service: its tests, the baking of its image, if wanted the tests of pull requests.

The pipeline runs the first two; GitHub starts the third.
They need the artifact bucket and key, the repository and the values in Parameter Store.
Look at each role beside its project: the tests run whatever a commit says, so they may do least.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from awacs.aws import Statement
from troposphere import AWSHelperFn, AWSObject, GetAtt, Ref, codebuild, ecr, iam, logs

from settings.project import Project
from settings.service import Build, Service
from templates_src import arns, permissions
from templates_src.artifacts import IMAGE_ARTIFACT, SOURCE_ARTIFACT, one_artifact
from templates_src.registry import CACHE_TAG
from templates_src.retention import RETAINED
from templates_src.task_roles import parameter_path
from templates_src.trust import service_trust


@dataclass(frozen=True)
class Source:
    """What the builds take from the foundation stack."""

    bucket_arn: AWSHelperFn
    key_arn: AWSHelperFn
    connection_arn: AWSHelperFn


def test_project_name(project: Project, service: Service) -> str:
    """Name the project that runs the tests."""
    return f"{project.application}-{service.name}-test"


def bake_project_name(project: Project, service: Service) -> str:
    """Name the project that bakes the image."""
    return f"{project.application}-{service.name}-bake-image"


def pull_request_project_name(project: Project, service: Service) -> str:
    """Name the project that tests pull requests."""
    return f"{project.application}-{service.name}-pull-request"


def test_build(project: Project, service: Service, source: Source) -> tuple[codebuild.Project, list[AWSObject]]:
    """Make the project of the Test action; gives it, and it with its log group and role."""
    name = test_project_name(project, service)
    log_group = _log_group("Test", name, project)
    statements = [
        permissions.write_logs(arns.log_streams(log_group.LogGroupName)),
        permissions.read_artifacts(one_artifact(service, SOURCE_ARTIFACT, source.bucket_arn)),
        permissions.decrypt_artifacts(source.key_arn),
        *_reading(project, service, [parameter.name for parameter in service.parameters]),
        permissions.write_reports(arns.report_groups(name)),
    ]
    role = _role("Test", name, f"What the tests of {service.name} may do", statements)
    build = codebuild.Project(
        "TestProject",
        Name=name,
        Description=f"Runs the tests of {service.name} on a real PostgreSQL",
        Source=codebuild.Source(Type="CODEPIPELINE", BuildSpec=service.test.buildspec),
        Artifacts=codebuild.Artifacts(Type="CODEPIPELINE"),
        EncryptionKey=source.key_arn,
        **_common(project, service.test, role, log_group, {}),
    )
    return build, [log_group, role, build]


def bake_build(
    project: Project, service: Service, source: Source, repository: ecr.Repository
) -> tuple[codebuild.Project, list[AWSObject]]:
    """Make the project of the bake action; gives it, and it with its log group and role."""
    name = bake_project_name(project, service)
    log_group = _log_group("BakeImage", name, project)
    repository_arn = GetAtt(repository, "Arn")
    statements = [
        permissions.write_logs(arns.log_streams(log_group.LogGroupName)),
        permissions.read_artifacts(one_artifact(service, SOURCE_ARTIFACT, source.bucket_arn)),
        permissions.decrypt_artifacts(source.key_arn),
        permissions.store_artifacts(one_artifact(service, IMAGE_ARTIFACT, source.bucket_arn)),
        permissions.encrypt_artifacts(source.key_arn),
        *_reading(project, service, ["AWS_ACCOUNT_ID", "BACKEND_IMAGE_URL"]),
        permissions.log_in_to_registry(),
        permissions.reuse_image(repository_arn),
        permissions.push_image(repository_arn),
    ]
    role = _role("BakeImage", name, f"What the baking of {service.name} may do", statements)
    variables = {"CONTAINER_NAME": service.name, "REPOSITORY_NAME": Ref(repository), "CACHE_TAG": CACHE_TAG}
    build = codebuild.Project(
        "BakeImageProject",
        Name=name,
        Description=f"Bakes the image of {service.name} and pushes it to its repository",
        Source=codebuild.Source(Type="CODEPIPELINE", BuildSpec=service.bake.buildspec),
        Artifacts=codebuild.Artifacts(Type="CODEPIPELINE"),
        EncryptionKey=source.key_arn,
        **_common(project, service.bake, role, log_group, variables),
    )
    return build, [log_group, role, build]


def pull_request_build(project: Project, service: Service, source: Source) -> list[AWSObject]:
    """Make the project that tests pull requests, with its log group and role; none if it is not wanted."""
    if not service.tests_pull_requests:
        return []
    name = pull_request_project_name(project, service)
    log_group = _log_group("PullRequest", name, project)
    statements = [
        permissions.write_logs(arns.log_streams(log_group.LogGroupName)),
        permissions.clone_through_connection(source.connection_arn),
        *_reading(project, service, [parameter.name for parameter in service.parameters]),
        permissions.write_reports(arns.report_groups(name)),
    ]
    role = _role("PullRequest", name, f"What the tests of pull requests of {service.name} may do", statements)
    build = codebuild.Project(
        "PullRequestProject",
        Name=name,
        Description=f"Runs the tests of {service.name} on every pull request",
        BadgeEnabled=True,
        Source=codebuild.Source(
            Type="GITHUB",
            Location=f"https://github.com/{project.repository.full_name}.git",
            GitCloneDepth=1,
            ReportBuildStatus=True,
            BuildSpec=service.test.buildspec,
        ),
        Artifacts=codebuild.Artifacts(Type="NO_ARTIFACTS"),
        Triggers=_on_pull_requests(service),
        **_common(project, service.test, role, log_group, {}),
    )
    build.Source.properties["Auth"] = {"Type": "CODECONNECTIONS", "Resource": source.connection_arn}
    return [log_group, role, build]


def _on_pull_requests(service: Service) -> codebuild.ProjectTriggers:
    events = "PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED, PULL_REQUEST_REOPENED, PULL_REQUEST_MERGED"
    filters = [
        codebuild.WebhookFilter(Type="EVENT", Pattern=events),
        codebuild.WebhookFilter(Type="FILE_PATH", Pattern=f"^{service.folder}/"),
    ]
    return codebuild.ProjectTriggers(Webhook=True, FilterGroups=[filters], PullRequestBuildPolicy=_approval_of_forks())


def _approval_of_forks() -> codebuild.PullRequestBuildPolicy:
    """Wait with a fork's pull request until somebody who may push here asks for the build in a comment.

    https://docs.aws.amazon.com/codebuild/latest/userguide/pull-request-build-policy.html
    """
    return codebuild.PullRequestBuildPolicy(
        RequiresCommentApproval="FORK_PULL_REQUESTS",
        ApproverRoles=["GITHUB_WRITE", "GITHUB_MAINTAIN", "GITHUB_ADMIN"],
    )


def _reading(project: Project, service: Service, names: Sequence[str]) -> list[Statement]:
    paths = [arns.parameter(parameter_path(project, service, name)) for name in names]
    return [permissions.read_parameters(paths)] if paths else []


def _log_group(owner: str, build_name: str, project: Project) -> logs.LogGroup:
    return logs.LogGroup(
        f"{owner}LogGroup",
        LogGroupName=f"/aws/codebuild/{build_name}",
        RetentionInDays=project.builds.log_retention_days,
        **RETAINED,
    )


def _role(owner: str, build_name: str, description: str, statements: Sequence[Statement]) -> iam.Role:
    # The project's name, not the project: a project names its role, so the role can't name the project.
    trust = service_trust("codebuild.amazonaws.com", arns.build_project(build_name))
    return iam.Role(
        f"{owner}Role",
        RoleName=build_name,
        Description=description,
        AssumeRolePolicyDocument=trust,
        Policies=[permissions.policy("run-builds", statements)],
    )


def _common(
    project: Project, build: Build, role: iam.Role, log_group: logs.LogGroup, variables: dict[str, Any]
) -> dict[str, Any]:
    return {
        "ServiceRole": GetAtt(role, "Arn"),
        "TimeoutInMinutes": build.timeout_minutes,
        "QueuedTimeoutInMinutes": 60,
        "Environment": codebuild.Environment(
            Type="LINUX_CONTAINER",
            ComputeType=project.builds.compute_type,
            Image=project.builds.image,
            ImagePullCredentialsType="CODEBUILD",
            # Docker inside a build takes it; the role is what keeps such a build harmless.
            PrivilegedMode=build.containers,
            EnvironmentVariables=[
                codebuild.EnvironmentVariable(Name=name, Type="PLAINTEXT", Value=value)
                for name, value in variables.items()
            ],
        ),
        "LogsConfig": codebuild.LogsConfig(
            CloudWatchLogs=codebuild.CloudWatchLogs(Status="ENABLED", GroupName=Ref(log_group))
        ),
    }
