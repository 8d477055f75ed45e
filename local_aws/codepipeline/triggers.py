"""What CreatePipeline refuses of a pipeline's triggers and execution mode.

https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-filter.html
"""

from local_aws.service import Json, ServiceError

_MOST_PATTERNS, _MOST_FILTERS = 8, 3
_CONNECTED = "CodeStarSourceConnection"


def check_triggers(structure: Json) -> None:
    """Raise ``ServiceError`` where a trigger names no source action, or a filter says what it can't."""
    sources = {action["name"]: action for action in structure["stages"][0]["actions"]}
    for trigger in structure.get("triggers", []):
        git = trigger["gitConfiguration"]
        source = sources.get(git["sourceActionName"])
        if source is None:
            _refuse(f"Trigger references source action {git['sourceActionName']}, which is not in the pipeline")
        elif source["actionTypeId"]["provider"] != _CONNECTED:
            _refuse(f"Trigger references action {git['sourceActionName']}, whose provider is not {_CONNECTED}")
        for kind in ("push", "pullRequest"):
            _check_filters(git.get(kind, []), kind)
    if structure["executionMode"] == "PARALLEL":
        for stage in structure["stages"]:
            if (stage.get("onFailure") or {}).get("result") == "ROLLBACK":
                _refuse(f"Stage {stage['name']} rolls back on failure, which execution mode PARALLEL does not allow")


def _check_filters(filters: list[Json], kind: str) -> None:
    if len(filters) > _MOST_FILTERS:
        _refuse(f"A trigger has {len(filters)} {kind} filters; at most {_MOST_FILTERS} are allowed")
    for declared in filters:
        if declared.get("tags") and (declared.get("branches") or declared.get("filePaths")):
            _refuse("A push filter can't have tags together with branches or file paths")
        for part in ("tags", "branches", "filePaths"):
            for side in ("includes", "excludes"):
                patterns = (declared.get(part) or {}).get(side, [])
                if len(patterns) > _MOST_PATTERNS:
                    _refuse(f"A {kind} filter has {len(patterns)} {part} {side}; at most {_MOST_PATTERNS} are allowed")


def _refuse(message: str) -> None:
    raise ServiceError("InvalidStructureException", message)
