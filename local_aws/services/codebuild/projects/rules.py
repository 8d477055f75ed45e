"""What CodeBuild refuses of a project beyond the shapes of its API."""

from local_aws.platform.service import Json, ServiceError

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
    if not project.get("serviceRole", "").startswith("arn:"):
        _refuse("Invalid service role: an ARN of a role is expected")


def _refuse(sentence: str) -> None:
    raise ServiceError("InvalidInputException", sentence)
