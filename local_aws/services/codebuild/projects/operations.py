"""The operations of CodeBuild on projects and report groups.

https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Operations.html
"""

from collections.abc import Mapping, Sequence

from local_aws.platform.members import listed
from local_aws.platform.request_validation import checked
from local_aws.platform.service import Caller, Json, Operation, Service, ServiceError
from local_aws.services.codebuild.projects.projects import Projects, check_project

TARGET = "CodeBuild_20161006"


def service(projects: Projects, more: Mapping[str, Operation]) -> Service:
    """Make the service from our operations and those in ``more``, which win."""
    return Service(
        name="codebuild",
        target=TARGET,
        operations={**checked("codebuild", _operations(projects)), **more},
        resources=lambda operation, request, caller: _resources(projects, operation, request, caller),
    )


def _operations(projects: Projects) -> Mapping[str, Operation]:
    return {
        "CreateProject": lambda _caller, request: _create(projects, request),
        "UpdateProject": lambda _caller, request: _update(projects, request),
        "DeleteProject": lambda _caller, request: projects.delete(request["name"]),
        "BatchGetProjects": lambda _caller, request: _batch_get(projects, request),
        "ListProjects": lambda _caller, request: _list(projects, request),
        "CreateReportGroup": lambda _caller, request: _create_report_group(projects, request),
        "UpdateReportGroup": lambda _caller, request: _update_report_group(projects, request),
        "DeleteReportGroup": lambda _caller, request: projects.report_groups.delete(request["arn"]),
        "BatchGetReportGroups": lambda _caller, request: _batch_get_report_groups(projects, request),
        "ListReportGroups": lambda _caller, request: listed(
            "reportGroups", sorted(projects.report_groups.all()), request, "InvalidInputException"
        ),
    }


def _create(projects: Projects, request: Json) -> Json:
    check_project(request)
    if projects.get(request["name"]) is not None:
        raise ServiceError("ResourceAlreadyExistsException", f"Project already exists: {projects.arn(request['name'])}")
    return {"project": projects.put(request)}


def _update(projects: Projects, request: Json) -> Json:
    before = projects.get(request["name"])
    if before is None:
        raise ServiceError("ResourceNotFoundException", f"Project cannot be found: {projects.arn(request['name'])}")
    check_project({**before, **request})
    return {"project": projects.put(request)}


def _batch_get(projects: Projects, request: Json) -> Json:
    found = {name: projects.get(name) for name in request["names"]}
    return {
        "projects": [project for project in found.values() if project is not None],
        "projectsNotFound": [name for name, project in found.items() if project is None],
    }


def _list(projects: Projects, request: Json) -> Json:
    order = {"NAME": "name", "CREATED_TIME": "created", "LAST_MODIFIED_TIME": "lastModified"}
    member = order.get(request.get("sortBy", "NAME"), "name")
    found = sorted(projects.all().values(), key=lambda project: project[member])
    if request.get("sortOrder") == "DESCENDING":
        found.reverse()
    return listed("projects", [project["name"] for project in found], request, "InvalidInputException")


def _create_report_group(projects: Projects, request: Json) -> Json:
    arn = projects.report_group_arn(request["name"])
    if projects.report_groups.get(arn) is not None:
        raise ServiceError("ResourceAlreadyExistsException", f"Report group already exists: {arn}")
    return {"reportGroup": projects.put_report_group(request)}


def _update_report_group(projects: Projects, request: Json) -> Json:
    if projects.report_groups.get(request["arn"]) is None:
        raise ServiceError("ResourceNotFoundException", f"Report group cannot be found: {request['arn']}")
    return {"reportGroup": projects.put_report_group(request)}


def _batch_get_report_groups(projects: Projects, request: Json) -> Json:
    found = {arn: projects.report_groups.get(arn) for arn in request["reportGroupArns"]}
    return {
        "reportGroups": [group for group in found.values() if group is not None],
        "reportGroupsNotFound": [arn for arn, group in found.items() if group is None],
    }


def _resources(projects: Projects, operation: str, request: Json, caller: Caller) -> Sequence[str]:
    """Return the ARNs that the Service Authorization Reference names for an operation.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodebuild.html
    """
    del caller
    if operation.startswith("List") and operation not in {"ListBuildsForProject", "ListReportsForReportGroup"}:
        return []
    if "ReportGroup" in operation and "name" in request:
        return [projects.report_group_arn(str(request["name"]))]
    groups = [request[key] for key in ("arn", "reportGroupArn") if isinstance(request.get(key), str)]
    groups += request.get("reportGroupArns") or []
    reports = [request["reportArn"]] if isinstance(request.get("reportArn"), str) else request.get("reportArns") or []
    names = [request[key] for key in ("projectName", "name") if isinstance(request.get(key), str)]
    names += request.get("names") or []
    # A build is no resource of its own: its id begins with its project's name, which is the resource.
    builds = request.get("ids") or ([request["id"]] if isinstance(request.get("id"), str) else [])
    names += [str(build).rpartition(":build/")[2].partition(":")[0] for build in builds]
    projects_named = [name if str(name).startswith("arn:") else projects.arn(str(name)) for name in names]
    return list(dict.fromkeys([*projects_named, *groups, *(str(arn).rpartition(":")[0] for arn in reports)]))
