"""What CreatePipeline refuses of a pipeline's triggers and execution mode.

https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-filter.html
"""

from local_aws.platform.service import Json, ServiceError
from local_aws.services.codepipeline.triggers.glob_patterns import GlobError, compiled

_CONNECTED = "CodeStarSourceConnection"


def check_triggers(structure: Json) -> None:
    """Raise ``ServiceError`` where a trigger names no source action, or a filter says what it can't."""
    sources = {action["name"]: action for action in structure["stages"][0]["actions"]}
    named = [trigger["gitConfiguration"]["sourceActionName"] for trigger in structure.get("triggers", [])]
    for name in named:
        if named.count(name) > 1:
            _refuse(f"More than one trigger references source action {name}: put their filters into one")
    for trigger in structure.get("triggers", []):
        git = trigger["gitConfiguration"]
        source = sources.get(git["sourceActionName"])
        if source is None:
            _refuse(f"Trigger references source action {git['sourceActionName']}, which is not in the pipeline")
        elif source["actionTypeId"]["provider"] != _CONNECTED:
            _refuse(f"Trigger references action {git['sourceActionName']}, whose provider is not {_CONNECTED}")
        for kind in ("push", "pullRequest"):
            _check_filters(git.get(kind, []))
    if structure["executionMode"] == "PARALLEL":
        for stage in structure["stages"]:
            if (stage.get("onFailure") or {}).get("result") == "ROLLBACK":
                _refuse(f"Stage {stage['name']} rolls back on failure, which execution mode PARALLEL does not allow")


def _check_filters(filters: list[Json]) -> None:
    for declared in filters:
        if declared.get("tags") and (declared.get("branches") or declared.get("filePaths")):
            _refuse("A push filter can't have tags together with branches or file paths")
        for part in ("tags", "branches", "filePaths"):
            for side in ("includes", "excludes"):
                for pattern in (declared.get(part) or {}).get(side, []):
                    _check_pattern(pattern)


def _check_pattern(pattern: str) -> None:
    try:
        compiled(pattern)
    except GlobError as error:
        _refuse(str(error))


def _refuse(message: str) -> None:
    raise ServiceError("InvalidStructureException", message)
