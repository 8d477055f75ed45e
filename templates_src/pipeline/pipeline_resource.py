"""Makes the pipeline of a service, its role, and the rule that announces how its executions end.

A push to the release branch that touches the service's folder starts it.
It needs the connection, the artifact bucket and key, the build projects, and the roles of the service's task.
Look at the role: it starts builds and deploys one service, and may hand on two roles only.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from awacs.aws import Statement
from troposphere import AWSHelperFn, GetAtt, Ref, Sub, codepipeline, codestarnotifications, iam

from settings.project import Project
from settings.service import Service
from templates_src import arns, permissions
from templates_src.foundation.artifacts import DEPLOYMENT_ARTIFACT, IMAGE_ARTIFACT, SOURCE_ARTIFACT, every_artifact
from templates_src.pipeline import gates, inspection, preparation
from templates_src.pipeline.build_actions import Source
from templates_src.pipeline.builds import PipelineBuild
from templates_src.service import code_deploy
from templates_src.trust_policy import service_trust

IMAGE_FILE = "imagedefinitions.json"
DEPLOY = "Deploy"


@dataclass(frozen=True)
class Notifications:
    """Where approvals and failures are announced."""

    topic_arn: AWSHelperFn
    key_arn: AWSHelperFn


def pipeline_role(
    *,
    project: Project,
    service: Service,
    source: Source,
    builds: Sequence[PipelineBuild],
    task_roles: tuple[AWSHelperFn, AWSHelperFn],
    notifications: Notifications,
) -> iam.Role:
    """Make the role that the pipeline acts under."""
    definitions = arns.task_definitions(service.task_family)
    artifacts = every_artifact(service, source.bucket_arn)
    statements = [
        permissions.find_artifact_bucket(source.bucket_arn),
        permissions.read_artifacts([artifacts]),
        permissions.store_artifacts(artifacts),
        permissions.decrypt_artifacts(source.key_arn),
        permissions.encrypt_artifacts(source.key_arn),
        permissions.use_connection(source.connection_arn),
        permissions.run_builds([*(GetAtt(one.project, "Arn") for one in builds), *gates.projects(service)]),
        *_rights_to_deploy(project, service),
        permissions.register_task_definition(definitions),
        permissions.tag_task_definition(definitions),
        permissions.pass_task_roles(task_roles),
        *gates.rights(service),
        *inspection.rights(service),
    ]
    if project.release.approval:
        statements.append(permissions.announce(notifications.topic_arn))
        statements.append(permissions.encrypt_announcements(notifications.key_arn))
    return iam.Role(
        "PipelineRole",
        RoleName=f"{project.application}-{service.name}-pipeline",
        Description=f"What the pipeline of {service.name} may do: build, and deploy this one service",
        # The pipeline's name, not the pipeline: a pipeline names its role, so the role can't name the pipeline.
        AssumeRolePolicyDocument=service_trust("codepipeline.amazonaws.com", arns.pipeline(service.delivered.pipeline)),
        Policies=[permissions.policy("release", statements)],
    )


def pipeline(
    *,
    project: Project,
    service: Service,
    role: iam.Role,
    source: Source,
    builds: Sequence[PipelineBuild],
    notifications: Notifications,
) -> codepipeline.Pipeline:
    """Make the pipeline: Source, Test, Build, Approve when asked for, Deploy."""
    approve = [_approve_stage(service, notifications)] if project.release.approval else []
    before = [build for build in builds if build.action.stage != DEPLOY]
    last = [build for build in builds if build.action.stage == DEPLOY]
    return codepipeline.Pipeline(
        "Pipeline",
        Name=service.delivered.pipeline,
        PipelineType="V2",
        ExecutionMode=project.release.execution_mode,
        RoleArn=GetAtt(role, "Arn"),
        RestartExecutionOnUpdate=False,
        ArtifactStore=codepipeline.ArtifactStore(
            Type="S3",
            Location=source.bucket_name,
            EncryptionKey=codepipeline.EncryptionKey(Type="KMS", Id=source.key_arn),
        ),
        Triggers=[_on_push(project, service)],
        Stages=[
            _source_stage(project, source),
            *_build_stages(service, before),
            *approve,
            _deploy_stage(project, service, last),
        ],
    )


def _on_push(project: Project, service: Service) -> codepipeline.PipelineTriggerDeclaration:
    push = codepipeline.GitPushFilter(
        Branches=codepipeline.GitBranchFilterCriteria(Includes=[project.repository.branch]),
        FilePaths=codepipeline.GitFilePathFilterCriteria(Includes=[f"{service.delivered.folder}/**"]),
    )
    return codepipeline.PipelineTriggerDeclaration(
        ProviderType="CodeStarSourceConnection",
        GitConfiguration=codepipeline.GitConfiguration(SourceActionName="Source", Push=[push]),
    )


def _source_stage(project: Project, source: Source) -> codepipeline.Stages:
    action = codepipeline.Actions(
        Name="Source",
        ActionTypeId=_provider("Source", "CodeStarSourceConnection"),
        Namespace="SourceVariables",
        Configuration={
            "ConnectionArn": source.connection_arn,
            "FullRepositoryId": project.repository.full_name,
            "BranchName": project.repository.branch,
            "OutputArtifactFormat": "CODE_ZIP",
            # The trigger starts the pipeline; with both, every push would start it twice.
            "DetectChanges": "false",
        },
        OutputArtifacts=[codepipeline.OutputArtifacts(Name=SOURCE_ARTIFACT)],
        RunOrder=1,
    )
    return codepipeline.Stages(Name="Source", Actions=[action])


def _build_stages(service: Service, builds: Sequence[PipelineBuild]) -> Iterator[codepipeline.Stages]:
    for stage, together in groupby(builds, key=lambda build: build.action.stage):
        scans = inspection.actions(service) if stage == inspection.STAGE else []
        yield codepipeline.Stages(Name=stage, Actions=[*(_build_action(build) for build in together), *scans])


def _build_action(build: PipelineBuild, order: int = 1) -> codepipeline.Actions:
    made = build.action.makes
    outputs: dict[str, Any] = {"OutputArtifacts": [codepipeline.OutputArtifacts(Name=made)]} if made else {}
    inputs = build.action.inputs
    primary = {"PrimarySource": inputs[0]} if len(inputs) > 1 else {}
    given = [{"name": name, "value": value} for name, value in build.action.told.items()]
    told = {"EnvironmentVariables": json.dumps(given, separators=(",", ":"))} if given else {}
    # No TimeoutInMinutes: an action may have one only if it is an approval, and the project limits its own builds.
    # https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionDeclaration.html
    return codepipeline.Actions(
        Name=build.action.name,
        ActionTypeId=_provider("Build", "CodeBuild"),
        Configuration={"ProjectName": Ref(build.project), **primary, **told},
        InputArtifacts=[codepipeline.InputArtifacts(Name=name) for name in inputs],
        RunOrder=order,
        **outputs,
    )


def _approve_stage(service: Service, notifications: Notifications) -> codepipeline.Stages:
    action = codepipeline.Actions(
        Name="Approve",
        ActionTypeId=_provider("Approval", "Manual"),
        Configuration={
            "NotificationArn": notifications.topic_arn,
            "CustomData": f"Release commit #{{SourceVariables.CommitId}} of {service.name}?",
        },
        RunOrder=1,
    )
    return codepipeline.Stages(Name="Approve", Actions=[action])


def _deploy_stage(project: Project, service: Service, builds: Sequence[PipelineBuild]) -> codepipeline.Stages:
    """Make the last stage: builds one after another, the deployment, and then those that look at what was deployed."""
    earlier = [build for build in builds if not build.action.after_deployment]
    later = [build for build in builds if build.action.after_deployment]
    before = [_build_action(build, order) for order, build in enumerate(earlier, 1)]
    after = [_build_action(build, order) for order, build in enumerate(later, len(before) + 2)]
    provider, taken, configuration = _deployment(project, service)
    action = codepipeline.Actions(
        Name="Deploy",
        ActionTypeId=_provider("Deploy", provider),
        Configuration=configuration,
        InputArtifacts=[codepipeline.InputArtifacts(Name=taken)],
        RunOrder=len(before) + 1,
    )
    # Where traffic is shifted, ECS itself moves it back, and a roll-back of the stage is a second shift; but ECS knows
    # nothing of what fails after its deployment.
    goes_back = bool(later) or not service.rollout.shifts_traffic
    failure: dict[str, Any] = {"OnFailure": codepipeline.FailureConditions(Result="ROLLBACK")} if goes_back else {}
    actions = [*before, action, *after]
    return codepipeline.Stages(Name=DEPLOY, Actions=actions, **gates.conditions(project, service), **failure)


def _deployment(project: Project, service: Service) -> tuple[str, str, dict[str, str]]:
    """Return who deploys, from which artifact, and what it is told."""
    if service.rollout.by_code_deploy:
        owned = code_deploy.name(project.application, service)
        told = {
            "ApplicationName": owned,
            "DeploymentGroupName": owned,
            "TaskDefinitionTemplateArtifact": DEPLOYMENT_ARTIFACT,
            "AppSpecTemplateArtifact": DEPLOYMENT_ARTIFACT,
            "Image1ArtifactName": DEPLOYMENT_ARTIFACT,
            "Image1ContainerName": preparation.PLACEHOLDER,
        }
        return "CodeDeployToECS", DEPLOYMENT_ARTIFACT, told
    told = {
        "ClusterName": project.runtime.cluster,
        "ServiceName": service.name,
        "FileName": IMAGE_FILE,
        "DeploymentTimeout": str(project.release.deployment_timeout_minutes),
    }
    return "ECS", IMAGE_ARTIFACT, told


def _rights_to_deploy(project: Project, service: Service) -> list[Statement]:
    if not service.rollout.by_code_deploy:
        deployed = arns.ecs_service(project.runtime.cluster, service.name)
        return [permissions.deploy_service(deployed), permissions.read_task_definitions()]
    owned = code_deploy.name(project.application, service)
    return [
        permissions.start_deployments(arns.deployment_group(owned, owned)),
        permissions.register_revisions(arns.deployment_application(owned)),
        permissions.read_deployment_configurations(arns.deployment_configurations()),
    ]


def _provider(category: str, name: str) -> codepipeline.ActionTypeId:
    return codepipeline.ActionTypeId(Category=category, Owner="AWS", Provider=name, Version="1")


def notification_rule(
    project: Project, service: Service, made: codepipeline.Pipeline, notifications: Notifications
) -> codestarnotifications.NotificationRule:
    """Announce executions that fail, and approvals that are asked for.

    https://docs.aws.amazon.com/dtconsole/latest/userguide/concepts.html#events-ref-pipeline
    """
    return codestarnotifications.NotificationRule(
        "AnnouncementRule",
        # Not the pipeline's name, which may be longer and hold characters that a rule's name may not.
        Name=f"{project.application}-{service.name}",
        DetailType="FULL",
        Resource=Sub(f"arn:${{AWS::Partition}}:codepipeline:${{AWS::Region}}:${{AWS::AccountId}}:${{{made.title}}}"),
        EventTypeIds=[
            "codepipeline-pipeline-pipeline-execution-failed",
            "codepipeline-pipeline-pipeline-execution-succeeded",
            "codepipeline-pipeline-manual-approval-needed",
        ],
        Targets=[codestarnotifications.Target(TargetType="SNS", TargetAddress=notifications.topic_arn)],
        Status="ENABLED",
    )
