"""Makes the CodeBuild projects of a service: one for each build action of its pipeline, with role and log group.

They need the artifact bucket and key, the repository and the values in Parameter Store.
Look at each role beside its project; ``build_actions`` says what each may do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from awacs.aws import Statement
from troposphere import AWSObject, GetAtt, Ref, codebuild, iam, logs

from settings.delivery import Build
from settings.project import Project
from settings.service import Service
from templates_src import arns, permissions
from templates_src.foundation.artifacts import one_artifact
from templates_src.pipeline.build_actions import BuildAction, Source, Surroundings
from templates_src.retention import RETAINED
from templates_src.service.task_roles import parameter_path
from templates_src.trust_policy import service_trust


@dataclass(frozen=True)
class PipelineBuild:
    """A build action with the project that it runs; ``parts`` are all of its resources in reading order."""

    action: BuildAction
    project: codebuild.Project
    parts: Sequence[AWSObject]


def project_name(action: BuildAction, project: Project, service: Service) -> str:
    """Return the name of the project of a build action, and of its role."""
    return f"{project.application}-{service.name}-{action.suffix}"


def pipeline_build(action: BuildAction, around: Surroundings) -> PipelineBuild:
    """Make the project of a build action of the pipeline, with its log group and role."""
    project, service, source = around.project, around.service, around.source
    name = project_name(action, project, service)
    settings = action.settings(service.delivered)
    group = log_group(action.owner, name, project, source)
    statements = [
        permissions.write_logs(arns.log_streams(group.LogGroupName)),
        permissions.read_artifacts([one_artifact(service, taken, source.bucket_arn) for taken in action.inputs]),
        permissions.decrypt_artifacts(source.key_arn),
        *_making(action, service, source),
        *reading(project, service, action.reads(service)),
        *action.further_rights(around),
        *([permissions.write_reports(arns.report_groups(name), coverage=settings.coverage)] if action.reports else []),
    ]
    role = build_role(action.owner, name, action.role_purpose.format(service=service.name), statements)
    build = codebuild.Project(
        f"{action.owner}Project",
        Name=name,
        Description=action.purpose.format(service=service.name),
        Source=codebuild.Source(Type="CODEPIPELINE", BuildSpec=settings.buildspec),
        Artifacts=codebuild.Artifacts(Type="CODEPIPELINE"),
        EncryptionKey=source.key_arn,
        **common(project, settings, role, group, action.variables(around)),
    )
    return PipelineBuild(action, build, [group, role, build])


def _making(action: BuildAction, service: Service, source: Source) -> list[Statement]:
    if not action.makes:
        return []
    return [
        permissions.store_artifacts(one_artifact(service, action.makes, source.bucket_arn)),
        permissions.encrypt_artifacts(source.key_arn),
    ]


def reading(project: Project, service: Service, names: Sequence[str]) -> list[Statement]:
    """Allow the values of these names to be read from Parameter Store."""
    paths = [arns.parameter(parameter_path(project, service, name)) for name in names]
    return [permissions.read_parameters(paths)] if paths else []


def log_group(owner: str, build_name: str, project: Project, source: Source) -> logs.LogGroup:
    """Make the log group of a project."""
    return logs.LogGroup(
        f"{owner}LogGroup",
        LogGroupName=f"/aws/codebuild/{build_name}",
        RetentionInDays=project.builds.log_retention_days,
        KmsKeyId=source.key_arn,
        **RETAINED,
    )


def build_role(owner: str, build_name: str, description: str, statements: Sequence[Statement]) -> iam.Role:
    """Make the role of a project."""
    # The project's name, not the project: a project names its role, so the role can't name the project.
    trust = service_trust("codebuild.amazonaws.com", arns.build_project(build_name))
    return iam.Role(
        f"{owner}Role",
        RoleName=build_name,
        Description=description,
        AssumeRolePolicyDocument=trust,
        Policies=[permissions.policy("run-builds", statements)],
    )


def common(
    project: Project, build: Build, role: iam.Role, group: logs.LogGroup, variables: dict[str, Any]
) -> dict[str, Any]:
    """Return the properties that every project has."""
    return {
        "ServiceRole": GetAtt(role, "Arn"),
        "TimeoutInMinutes": build.timeout_minutes,
        "QueuedTimeoutInMinutes": 60,
        # What a buildspec asks to be kept stays on the build's host, so that no role needs a right to a bucket for it.
        "Cache": codebuild.ProjectCache(Type="LOCAL", Modes=["LOCAL_CUSTOM_CACHE"]),
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
            CloudWatchLogs=codebuild.CloudWatchLogs(Status="ENABLED", GroupName=Ref(group))
        ),
    }
