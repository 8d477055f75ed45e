"""AWS::CodeDeploy::Application, AWS::CodeDeploy::DeploymentConfig and AWS::CodeDeploy::DeploymentGroup.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_CodeDeploy.html
"""

from local_aws.cloudformation.resource_types.resource_type import Made, Properties, ResourceType, live_properties
from local_aws.platform.request_validation import request_of
from local_aws.platform.service import ServiceError
from local_aws.services.codedeploy.applications import Applications
from local_aws.services.codedeploy.configurations import Configurations

GROUP = "AWS::CodeDeploy::DeploymentGroup"
_READABLE = frozenset(
    {
        "AlarmConfiguration",
        "ApplicationName",
        "AutoRollbackConfiguration",
        "BlueGreenDeploymentConfiguration",
        "DeploymentConfigName",
        "DeploymentGroupName",
        "DeploymentStyle",
        "ServiceRoleArn",
    }
)


def code_deploy_types(applications: Applications, configurations: Configurations) -> list[ResourceType]:
    """Make the resource types for an account and region; a group is deleted by ``delete_group``."""
    return [
        ResourceType(
            name="AWS::CodeDeploy::Application",
            service="CodeDeploy",
            create=lambda properties, name: _create_application(applications, properties, name),
            update=lambda physical_id, _old, _new: (physical_id, {}),
            delete=applications.delete,
            read=lambda physical_id, _properties: _read_application(applications, physical_id),
            readable=frozenset({"ApplicationName", "ComputePlatform"}),
        ),
        ResourceType(
            name="AWS::CodeDeploy::DeploymentConfig",
            service="CodeDeploy",
            create=lambda properties, name: _create_configuration(configurations, properties, name),
            update=lambda physical_id, _old, _new: (physical_id, {}),
            delete=configurations.delete,
            read=lambda physical_id, _properties: (
                {"DeploymentConfigName": physical_id} if physical_id in configurations.names() else None
            ),
            readable=frozenset({"DeploymentConfigName"}),
            tags=None,
        ),
        ResourceType(
            name=GROUP,
            service="CodeDeploy",
            create=lambda properties, name: _create_group(applications, properties, name),
            update=lambda physical_id, _old, new: _update_group(applications, physical_id, new),
            delete=_leave,
            read=lambda physical_id, properties: _read_group(applications, physical_id, properties),
            readable=_READABLE,
        ),
    ]


def _leave(_name: str) -> None:
    """Leave the deletion of a group to ``delete_group``, which knows the group's application."""


def delete_group(applications: Applications, name: str, properties: Properties) -> None:
    """Delete a group; its physical id is its name, which another application may have, too."""
    applications.delete_group(properties["ApplicationName"], name)


def _create_application(applications: Applications, properties: Properties, name: str) -> Made:
    members = request_of("codedeploy", "CreateApplication", {"ApplicationName": name, **properties})
    return applications.create(members)["applicationName"], {}


def _read_application(applications: Applications, name: str) -> Properties | None:
    if name not in applications.names():
        return None
    return {"ApplicationName": name, "ComputePlatform": applications.find(name)["computePlatform"]}


def _create_configuration(configurations: Configurations, properties: Properties, name: str) -> Made:
    members = request_of("codedeploy", "CreateDeploymentConfig", {"DeploymentConfigName": name, **properties})
    return configurations.create(members)["deploymentConfigName"], {}


def _create_group(applications: Applications, properties: Properties, name: str) -> Made:
    members = request_of("codedeploy", "CreateDeploymentGroup", {"DeploymentGroupName": name, **properties})
    return applications.create_group(members)["deploymentGroupName"], {}


def _update_group(applications: Applications, name: str, properties: Properties) -> Made:
    kept = {key: value for key, value in properties.items() if key not in {"DeploymentGroupName", "Tags"}}
    members = request_of("codedeploy", "UpdateDeploymentGroup", {"CurrentDeploymentGroupName": name, **kept})
    applications.update_group(members)
    return name, {}


def _read_group(applications: Applications, name: str, properties: Properties) -> Properties | None:
    try:
        group = applications.find_group(properties.get("ApplicationName"), name)
    except ServiceError:
        return None
    declared = request_of("codedeploy", "CreateDeploymentGroup", {"DeploymentGroupName": name, **properties})
    return live_properties({key: value for key, value in properties.items() if key in _READABLE}, declared, group)
