"""Makes what releases one service: repository, values, build projects, pipeline, notifications.

A push to the release branch is all that uses it; the runtime's tasks pull from its repository.
It needs the foundation, and the service's stack for the roles of the task (or their ARNs, where the user brings the
service).
Look at the roles first, then at the stages.
"""

from collections.abc import Sequence

from troposphere import AWSHelperFn, GetAtt, Output, Parameter, Ref, Sub, Template, codebuild, codepipeline, ecr, kms

from settings.project import Project
from settings.service import Service
from templates_src import arns
from templates_src.foundation import foundation_stack, image_signing
from templates_src.names import exported, imported
from templates_src.pipeline import inspection, pipeline_resource, verification
from templates_src.pipeline.build_actions import BAKE, Source, Surroundings, build_actions
from templates_src.pipeline.builds import PipelineBuild, pipeline_build, project_name
from templates_src.pipeline.pull_request_build import pull_request_build
from templates_src.pipeline.registry import repository
from templates_src.pipeline.signing_key import signing_key
from templates_src.pipeline.ssm_parameters import value_parameters, values
from templates_src.pipeline.watching import watching
from templates_src.service import service_stack
from templates_src.service.ecs_service import console_page
from templates_src.template_assembly import Group, assemble


def stack_name(project: Project, service: Service) -> str:
    """Return the name of this stack."""
    return f"{project.application}-{service.name}-pipeline"


def template(project: Project, service: Service) -> Template:
    """Make the template of the pipeline of ``service``."""
    base = foundation_stack.stack_name(project)
    key_arn = imported(base, "ArtifactKeyArn")
    source = Source(
        imported(base, "ArtifactBucketName"),
        imported(base, "ArtifactBucketArn"),
        key_arn,
        imported(base, "ConnectionArn"),
        imported(base, image_signing.PROFILE_ARN) if project.foundation.signs(service.image_repository) else None,
    )
    notifications = pipeline_resource.Notifications(imported(base, "ReleaseTopicArn"), key_arn)
    task_roles, role_groups = _task_roles(project, service)
    images = repository(service)
    key = _signing_key(project, service)
    where = verification.address(project, service)
    around = Surroundings(project, service, source, images, key, task_roles, where)
    run = [pipeline_build(action, around) for action in build_actions(service)]
    role = pipeline_resource.pipeline_role(
        project=project, service=service, source=source, builds=run, task_roles=task_roles, notifications=notifications
    )
    made = pipeline_resource.pipeline(
        project=project,
        service=service,
        role=role,
        source=source,
        builds=run,
        notifications=notifications,
    )
    rule = pipeline_resource.notification_rule(project, service, made, notifications)
    build_parts = [part for build in run for part in build.parts]
    beside = [*pull_request_build(project, service, source), *inspection.log_groups(project, service, source)]
    keys = [key] if key else []
    announced = [rule, *watching(project, service, made, notifications.topic_arn)]
    parts = [images, *keys, *values(project, service, images), *build_parts, *beside, role, made, *announced]
    return assemble(
        description=f"{project.application}: pipeline {service.delivered.pipeline}, which releases {service.name}",
        application=project.application,
        groups=[*_value_groups(service), *role_groups, *(where.groups if where else ())],
        conditions=where.conditions if where else {},
        resources=parts,
        outputs=[*_outputs(stack_name(project, service), images, key, run, made), console_page(project, service)],
    )


def _signing_key(project: Project, service: Service) -> kms.Key | None:
    if not service.delivered.admission.required:
        return None
    return signing_key(service, arns.role(project_name(BAKE, project, service)))


def _value_groups(service: Service) -> list[Group]:
    questions = value_parameters(service)
    return [Group(f"Values that {service.name} reads from Parameter Store", questions)] if questions else []


def _task_roles(project: Project, service: Service) -> tuple[tuple[AWSHelperFn, AWSHelperFn], list[Group]]:
    """Return the ARNs of the task's roles: from the service's stack, or asked for where the user brings the service."""
    if project.runtime.wanted:
        stack = service_stack.stack_name(project, service)
        return (imported(stack, "TaskRoleArn"), imported(stack, "ExecutionRoleArn")), []
    task_role = _role_parameter("TaskRoleArn", f"Role of the code of {service.name}")
    execution_role = _role_parameter("ExecutionRoleArn", f"Role that starts tasks of {service.name}")
    questions = {"Which role does the task have?": task_role, "Which role starts it?": execution_role}
    return (Ref(task_role), Ref(execution_role)), [Group("Your own service", questions)]


def _role_parameter(title: str, description: str) -> Parameter:
    return Parameter(
        title,
        Type="String",
        AllowedPattern=r"arn:aws[a-z-]*:iam::[0-9]{12}:role/.+",
        ConstraintDescription="must be the ARN of a role",
        Description=f"{description}, which the pipeline hands to ECS.",
    )


def _outputs(
    stack: str, images: ecr.Repository, key: kms.Key | None, run: Sequence[PipelineBuild], made: codepipeline.Pipeline
) -> list[Output]:
    suite = "https://${AWS::Region}.console.aws.amazon.com"
    pipeline_page = f"{suite}/codesuite/codepipeline/pipelines/${{{made.title}}}/view?region=${{AWS::Region}}"
    images_page = f"{suite}/ecr/repositories/private/${{AWS::AccountId}}/${{{images.title}}}?region=${{AWS::Region}}"
    return [
        exported(stack, "PipelineName", Ref(made), "Pipeline that releases the service"),
        exported(stack, "RepositoryUri", GetAtt(images, "RepositoryUri"), "Where its images are pushed to"),
        Output("PipelineConsole", Description="The pipeline in the console", Value=Sub(pipeline_page)),
        Output("RepositoryConsole", Description="Its images in the console", Value=Sub(images_page)),
        *(
            [exported(stack, "SigningKeyArn", GetAtt(key, "Arn"), "Key that signs what its bake attests")]
            if key
            else []
        ),
        *(_build_page(build.action.owner, build.project) for build in run),
    ]


def _build_page(owner: str, build: codebuild.Project) -> Output:
    page = "https://${AWS::Region}.console.aws.amazon.com/codesuite/codebuild/${AWS::AccountId}/projects"
    value = Sub(f"{page}/${{{build.title}}}/history?region=${{AWS::Region}}")
    return Output(f"{owner}Console", Description=f"The builds of {build.Name} in the console", Value=value)
