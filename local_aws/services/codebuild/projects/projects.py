"""The CodeBuild projects and report groups that exist, each with every property that it was given."""

import time
from collections.abc import Mapping

from local_aws.platform.json_store import Records
from local_aws.platform.service import Json, ServiceError
from local_aws.state.database import Database


def with_environment_defaults(environment: Json) -> Json:
    """Return an environment with what CodeBuild adds to each: no variables, no privileges, variables in plain text.

    https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectEnvironment.html
    """
    variables = [{"type": "PLAINTEXT", **variable} for variable in environment.get("environmentVariables", [])]
    defaults = {"privilegedMode": False, "imagePullCredentialsType": "CODEBUILD"}
    return {**defaults, **environment, "environmentVariables": variables}


class Projects:
    """All projects and report groups of the account and region, kept in the ``database``; the latter by ARN."""

    def __init__(self, database: Database, account_id: str, region: str) -> None:
        self._projects = Records(database, "codebuild/projects")
        self.report_groups = Records(database, "codebuild/report-groups")
        self._arn_prefix = f"arn:aws:codebuild:{region}:{account_id}"
        self._role_prefix = f"arn:aws:iam::{account_id}:role"
        self._kms_prefix = f"arn:aws:kms:{region}:{account_id}"

    def arn(self, name: str) -> str:
        """Return the ARN that a project of that ``name`` has."""
        return f"{self._arn_prefix}:project/{name}"

    def role_arn(self, role: str) -> str:
        """Return the ARN of a service role that is given by ARN or, as a template's ``Ref`` does, by name."""
        return role if role.startswith("arn:") else f"{self._role_prefix}/{role}"

    def report_group_arn(self, name: str) -> str:
        """Return the ARN that a report group of that ``name`` has."""
        return f"{self._arn_prefix}:report-group/{name}"

    def get(self, name: str) -> Json | None:
        """Return a project, by name or ARN, as BatchGetProjects answers it; None where there is none."""
        return self._projects.get(name.removeprefix(self.arn("")))

    def all(self) -> Mapping[str, Json]:
        """Return all projects by name."""
        return self._projects.all()

    def put(self, members: Json) -> Json:
        """Make a project of the members of CreateProject, or change those that are given of one that exists."""
        name, now = members["name"], time.time()
        before = self._projects.get(name) or {**self._defaults(), "arn": self.arn(name), "created": now}
        given = {key: value for key, value in members.items() if key != "badgeEnabled"}
        if "serviceRole" in given:
            given["serviceRole"] = self.role_arn(given["serviceRole"])
        project = {**before, **given, "lastModified": now}
        if "badgeEnabled" in members:
            project["badge"] = {"badgeEnabled": bool(members["badgeEnabled"])}
        project["environment"] = with_environment_defaults(project["environment"])
        self._projects.put(name, project)
        return project

    def _defaults(self) -> Json:
        """Return what CodeBuild sets where nothing is said.

        https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Project.html
        """
        return {
            "timeoutInMinutes": 60,
            "queuedTimeoutInMinutes": 480,
            "encryptionKey": f"{self._kms_prefix}:alias/aws/s3",
            "cache": {"type": "NO_CACHE"},
            "badge": {"badgeEnabled": False},
            "projectVisibility": "PRIVATE",
            "tags": [],
        }

    def delete(self, name: str) -> None:
        """Forget a project, by name or ARN."""
        self._projects.delete(name.removeprefix(self.arn("")))

    def put_report_group(self, members: Json) -> Json:
        """Make a report group of the members of CreateReportGroup, or change those given of one that exists."""
        arn, now = members.get("arn") or self.report_group_arn(members["name"]), time.time()
        before = self.report_groups.get(arn) or {"arn": arn, "created": now, "status": "ACTIVE", "tags": []}
        group = {**before, **members, "lastModified": now}
        self.report_groups.put(arn, group)
        return group


_BUILT_SOURCES = ("GITHUB", "GITHUB_ENTERPRISE", "BITBUCKET", "GITLAB", "GITLAB_SELF_MANAGED")


def check_project(project: Json) -> None:
    """Raise ``ServiceError`` InvalidInputException where the members of a project contradict each other.

    https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html
    """
    source, artifacts = project["source"], project["artifacts"]
    in_pipeline = source["type"] == "CODEPIPELINE"
    if in_pipeline != (artifacts["type"] == "CODEPIPELINE"):
        _refuse("Invalid project source and artifacts: both or neither must be of type CODEPIPELINE")
    if in_pipeline and (source.get("location") or source.get("auth")):
        _refuse("Invalid project source: location and auth must not be set for source type CODEPIPELINE")
    if project.get("badgeEnabled") and source["type"] not in _BUILT_SOURCES:
        _refuse(f"Build badges are not supported for source type {source['type']}")
    if source["type"] == "NO_SOURCE" and not source.get("buildspec"):
        _refuse("Invalid project source: buildspec is required for source type NO_SOURCE")
    if source["type"] in (*_BUILT_SOURCES, "CODECOMMIT", "S3") and not source.get("location"):
        _refuse(f"Invalid project source: location is required for source type {source['type']}")
    if artifacts["type"] == "S3" and not artifacts.get("location"):
        _refuse("Invalid artifacts: location must be set for artifacts type S3")
    names = [variable["name"] for variable in project["environment"].get("environmentVariables", [])]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        _refuse(f"Duplicate environment variables are not allowed: {', '.join(doubled)}")


def _refuse(sentence: str) -> None:
    raise ServiceError("InvalidInputException", sentence)
