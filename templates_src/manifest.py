"""Makes `build/manifest.json`: what the deployer has to know beside the templates.

It says in which order the stacks go, what they need, which capabilities they take, where each parameter's value comes
from, and what a release acts on.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from troposphere import Template

from settings.listener_rules import reaches
from settings.project import Project
from settings.service import Service
from templates_src.foundation import foundation_stack
from templates_src.pipeline import pipeline_stack
from templates_src.runtime import runtime_stack
from templates_src.service import code_deploy
from templates_src.service.task_definition import NO_IMAGE_YET
from templates_src.service.task_parameters import image_parameter
from templates_src.service.task_roles import parameter_path
from templates_src.stacks import Stack

FORMAT = 1
"""Raised when a reader of an older manifest would misread a newer one."""

NAMED_ROLES = "CAPABILITY_NAMED_IAM"
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-template.html"""


def manifest(project: Project, entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the manifest of the stacks with these ``entries``, in deployment order."""
    base = foundation_stack.stack_name(project)
    return {
        "format": FORMAT,
        "application": project.application,
        "template_bucket": {"stack": base, "output": "ArtifactBucketName"},
        "connections": [{"stack": base, "output": "ConnectionArn"}],
        "secrets": [
            {"service": service.name, "name": parameter_path(project, service, name)}
            for service in project.services
            for name in service.secrets
        ],
        "pipelines": [_pipeline(project, service) for service in project.services],
        "stacks": list(entries),
    }


def _pipeline(project: Project, service: Service) -> dict[str, Any]:
    url = {"stack": runtime_stack.stack_name(project), "output": "Url"}
    group = (
        {"deployment_group": code_deploy.name(project.application, service)} if service.rollout.by_code_deploy else {}
    )
    return {
        "service": service.name,
        "stack": pipeline_stack.stack_name(project, service),
        "pipeline": service.delivered.pipeline,
        "repository": project.repository.full_name,
        "branch": project.repository.branch,
        "cluster": project.runtime.cluster,
        "ecs_service": service.name,
        "container": service.name,
        "desired_count": service.desired_count,
        "url": url if project.runtime.wanted else None,
        "health_check_path": service.health_check_path if reaches(project.services, service) else "",
        **group,
    }


def stack_entry(stack: Stack, template: Template) -> dict[str, Any]:
    """Return what the manifest says of one stack."""
    has_roles = any(item.resource_type == "AWS::IAM::Role" for item in template.resources.values())
    project = stack.project
    service = stack.service
    images = {image_parameter(service): _running_image(project, service)} if service is not None else {}
    return {
        "name": stack.name,
        "template": stack.file,
        "description": template.description,
        "needs": list(stack.needs),
        "capabilities": [NAMED_ROLES] if has_roles else [],
        "tags": {"application": project.application},
        "parameters": [
            {"name": name, **(images.get(name) or _from_environment(parameter.properties))}
            for name, parameter in template.parameters.items()
        ],
    }


def _running_image(project: Project, service: Service) -> dict[str, str]:
    return {
        "from": "running-image",
        "cluster": project.runtime.cluster,
        "service": service.name,
        "container": service.name,
        "placeholder": NO_IMAGE_YET,
    }


def _from_environment(parameter: Mapping[str, Any]) -> dict[str, Any]:
    return {"from": "environment", "required": "Default" not in parameter}
