"""AWS::CodeBuild::Project and AWS::CodeBuild::ReportGroup, with every property kept.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codebuild-project.html
"""

from local_aws.cloudformation.resource_types.resource_type import Made, Properties, ResourceType, live_properties
from local_aws.platform.request_validation import in_api_spelling, request_of
from local_aws.platform.service import Json, ServiceError
from local_aws.services.codebuild.projects.projects import Projects, check_project, with_environment_defaults

_READABLE = frozenset(
    {
        "Artifacts",
        "Cache",
        "ConcurrentBuildLimit",
        "Description",
        "EncryptionKey",
        "Environment",
        "LogsConfig",
        "Name",
        "QueuedTimeoutInMinutes",
        "ServiceRole",
        "Source",
        "SourceVersion",
        "TimeoutInMinutes",
        "VpcConfig",
    }
)
_NOT_OF_THE_REQUEST = ("Triggers", "Visibility", "ResourceAccessRole")


def project_type(projects: Projects) -> ResourceType:
    """Make the resource type for the projects of an account and region."""
    return ResourceType(
        name="AWS::CodeBuild::Project",
        service="CodeBuild",
        create=lambda properties, name: _create(projects, properties, name),
        update=lambda physical_id, _old, new: _made(projects, _members(new, physical_id), new),
        delete=projects.delete,
        read=lambda physical_id, properties: _read(projects, physical_id, properties),
        readable=_READABLE,
        longest_name=150,
    )


def report_group_type(projects: Projects) -> ResourceType:
    """Make the resource type for the report groups of an account and region."""
    return ResourceType(
        name="AWS::CodeBuild::ReportGroup",
        service="CodeBuild",
        create=lambda properties, name: _create_report_group(projects, properties, name),
        update=lambda physical_id, _old, new: _update_report_group(projects, physical_id, new),
        delete=projects.report_groups.delete,
        read=lambda physical_id, _properties: _read_report_group(projects.report_groups.get(physical_id)),
        readable=frozenset({"Name", "Type"}),
        longest_name=128,
    )


def _create(projects: Projects, properties: Properties, name: str) -> Made:
    members = _members(properties, properties.get("Name", name))
    if projects.get(members["name"]) is not None:
        raise ServiceError("ResourceAlreadyExistsException", f"Project already exists: {projects.arn(members['name'])}")
    return _made(projects, members, properties)


def _members(properties: Properties, name: str) -> Json:
    """Return the members that CloudFormation hands to CreateProject."""
    declared = {key: value for key, value in properties.items() if key not in _NOT_OF_THE_REQUEST}
    members: Json = request_of("codebuild", "CreateProject", {**declared, "Name": name})
    check_project(members)
    return members


def _made(projects: Projects, members: Json, properties: Properties) -> Made:
    extra: Json = {"projectVisibility": properties.get("Visibility", "PRIVATE")}
    if "ResourceAccessRole" in properties:
        extra["resourceAccessRole"] = properties["ResourceAccessRole"]
    if (properties.get("Triggers") or {}).get("Webhook") in (True, "true"):
        extra["webhook"] = in_api_spelling("codebuild", "CreateWebhookInput", _webhook(properties["Triggers"], members))
    projects.delete(members["name"])
    project = projects.put({**members, **extra})
    return project["name"], {"Arn": project["arn"]}


def _webhook(triggers: Properties, members: Json) -> Properties:
    kept = {
        key: value for key, value in triggers.items() if key in {"FilterGroups", "BuildType", "PullRequestBuildPolicy"}
    }
    return {**kept, "ProjectName": members["name"]}


def _read(projects: Projects, name: str, properties: Properties) -> Properties | None:
    project = projects.get(name)
    if project is None:
        return None
    members = _members(properties, project["name"])
    declared = {
        **members,
        "environment": with_environment_defaults(members["environment"]),
        "serviceRole": projects.role_arn(members["serviceRole"]),
    }
    return live_properties(properties, declared, project)


def _create_report_group(projects: Projects, properties: Properties, name: str) -> Made:
    declared = {key: value for key, value in properties.items() if key != "DeleteReports"}
    members: Json = request_of("codebuild", "CreateReportGroup", {"Name": name, **declared})
    arn = projects.report_group_arn(members["name"])
    if projects.report_groups.get(arn) is not None:
        raise ServiceError("ResourceAlreadyExistsException", f"Report group already exists: {arn}")
    projects.put_report_group(members)
    return arn, {"Arn": arn}


def _update_report_group(projects: Projects, arn: str, properties: Properties) -> Made:
    declared = {key: value for key, value in properties.items() if key in {"ExportConfig", "Tags"}}
    members: Json = in_api_spelling("codebuild", "UpdateReportGroupInput", {**declared, "Arn": arn})
    projects.put_report_group(members)
    return arn, {"Arn": arn}


def _read_report_group(group: Json | None) -> Properties | None:
    return None if group is None else {"Name": group["name"], "Type": group["type"]}
