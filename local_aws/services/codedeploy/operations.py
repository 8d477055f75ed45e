"""The operations of CodeDeploy on applications, groups, configurations and revisions.

https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_Operations.html
"""

from collections.abc import Callable, Mapping, Sequence

from local_aws.platform.members import listed
from local_aws.platform.request_validation import checked
from local_aws.platform.service import Caller, Json, Operation, Service, ServiceError
from local_aws.services.codedeploy.applications import Applications
from local_aws.services.codedeploy.configurations import Configurations
from local_aws.services.codedeploy.revisions import check_location

TARGET, BAD_TOKEN = "CodeDeploy_20141006", "InvalidNextTokenException"
GroupOf = Callable[[str], tuple[str, str]]
"""Gives the application and the group of a deployment, by the deployment's id; raises ``ServiceError`` for none."""


def service(
    applications: Applications, configurations: Configurations, more: Mapping[str, Operation], group_of: GroupOf
) -> Service:
    """Make the service from our operations and those in ``more``."""
    own = {**_of_applications(applications), **_of_groups(applications), **_of_configurations(configurations)}
    return Service(
        name="codedeploy",
        target=TARGET,
        operations=checked("codedeploy", {**own, **more}),
        resources=lambda operation, request, caller: _resources(operation, request, caller, group_of),
    )


def _of_applications(applications: Applications) -> Mapping[str, Operation]:
    return {
        "CreateApplication": lambda _caller, request: {
            "applicationId": applications.create(request)["applicationId"],
        },
        "GetApplication": lambda _caller, request: {"application": applications.find(request["applicationName"])},
        "BatchGetApplications": lambda _caller, request: {
            "applicationsInfo": [applications.find(name) for name in request["applicationNames"]]
        },
        "ListApplications": lambda _caller, request: listed("applications", applications.names(), request, BAD_TOKEN),
        "DeleteApplication": lambda _caller, request: applications.delete(request["applicationName"]),
        "RegisterApplicationRevision": lambda _caller, request: _register(applications, request),
        "GetApplicationRevision": lambda _caller, request: {
            "applicationName": request["applicationName"],
            **applications.revision(request["applicationName"], request["revision"]),
        },
        "ListApplicationRevisions": lambda _caller, request: listed(
            "revisions", applications.revisions(request["applicationName"]), request, BAD_TOKEN
        ),
    }


def _register(applications: Applications, request: Json) -> None:
    check_location(request["revision"])
    applications.register(request["applicationName"], request["revision"], request.get("description", ""))


def _of_groups(applications: Applications) -> Mapping[str, Operation]:
    return {
        "CreateDeploymentGroup": lambda _caller, request: {
            "deploymentGroupId": applications.create_group(request)["deploymentGroupId"]
        },
        "GetDeploymentGroup": lambda _caller, request: {
            "deploymentGroupInfo": applications.find_group(request["applicationName"], request["deploymentGroupName"])
        },
        "BatchGetDeploymentGroups": lambda _caller, request: {
            "deploymentGroupsInfo": [
                applications.find_group(request["applicationName"], name) for name in request["deploymentGroupNames"]
            ]
        },
        "ListDeploymentGroups": lambda _caller, request: {
            "applicationName": request["applicationName"],
            **listed("deploymentGroups", applications.group_names(request["applicationName"]), request, BAD_TOKEN),
        },
        "UpdateDeploymentGroup": lambda _caller, request: _update_group(applications, request),
        "DeleteDeploymentGroup": lambda _caller, request: _delete_group(applications, request),
    }


def _update_group(applications: Applications, request: Json) -> Json:
    applications.update_group(request)
    return {"hooksNotCleanedUp": []}


def _delete_group(applications: Applications, request: Json) -> Json:
    applications.delete_group(request["applicationName"], request["deploymentGroupName"])
    return {"hooksNotCleanedUp": []}


def _of_configurations(configurations: Configurations) -> Mapping[str, Operation]:
    return {
        "CreateDeploymentConfig": lambda _caller, request: {
            "deploymentConfigId": configurations.create(request)["deploymentConfigId"]
        },
        "GetDeploymentConfig": lambda _caller, request: {
            "deploymentConfigInfo": configurations.find(request["deploymentConfigName"])
        },
        "ListDeploymentConfigs": lambda _caller, request: listed(
            "deploymentConfigsList", configurations.names(), request, BAD_TOKEN
        ),
        "DeleteDeploymentConfig": lambda _caller, request: configurations.delete(request["deploymentConfigName"]),
    }


def _resources(operation: str, request: Json, caller: Caller, group_of: GroupOf) -> Sequence[str]:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodedeploy.html."""
    prefix = f"arn:aws:codedeploy:{caller.region}:{caller.account_id}"
    if "deploymentConfigName" in request and "Config" in operation:
        return [f"{prefix}:deploymentconfig:{request['deploymentConfigName']}"]
    application = request.get("applicationName")
    group = request.get("deploymentGroupName", request.get("currentDeploymentGroupName"))
    if operation == "GetDeployment":
        try:
            application, group = group_of(str(request.get("deploymentId")))
        except ServiceError:
            return []
    if group and application:
        return [f"{prefix}:deploymentgroup:{application}/{group}"]
    return [f"{prefix}:application:{application}"] if application else []
