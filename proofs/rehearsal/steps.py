"""Which action of a pipeline a call of the ledger belongs to: the one of its execution that ran when it was made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from system_model.roles import Role
from system_model.statements import texts

TASKS = "start of a task"
BUILD = "build by itself"
SLACK = 1.0
"""Seconds by which the record of an action's end may be earlier than its last call."""
_OUTSIDE = {"ecs-tasks.amazonaws.com": TASKS, "codebuild.amazonaws.com": BUILD}
"""What is done beside the pipelines, by the service that takes the role."""


@dataclass(frozen=True)
class _Ran:
    name: str
    build: str
    """The session in which the commands of its build act; empty where it has none."""
    project: str
    """How the ARN of the project that it builds ends; empty where it builds none."""
    start: float
    end: float


class Steps:
    """The actions that ran."""

    def __init__(self, actions: Iterable[Mapping[str, Any]], roles: Iterable[Role]) -> None:
        self._ran: dict[str, list[_Ran]] = {}
        for one in actions:
            ran = _Ran(
                _name(one), _session(one), _project(one), _seconds(one["startTime"]), _seconds(one["lastUpdateTime"])
            )
            self._ran.setdefault(one["pipelineExecutionId"], []).append(ran)
        self._services = {role.id: _services(role) for role in roles}

    def name(self, line: Mapping[str, Any], role: str) -> str:
        """Name what a call of ``role`` (a logical id) was made for."""
        ran = self._ran.get(line.get("execution") or "", [])
        when = line["time"]
        at_work = [one for one in ran if one.start <= when <= one.end + SLACK]
        if at_work:
            # Builds of one stage run side by side: the session tells whose call it is, or the project that it is about.
            return max(
                at_work, key=lambda one: (one.build == line.get("session") or _is_about(line, one), one.start)
            ).name
        return next((_OUTSIDE[one] for one in self._services.get(role, ()) if one in _OUTSIDE), "between actions")


def _name(action: Mapping[str, Any]) -> str:
    stage, name = action["stageName"], action["actionName"]
    return stage if stage == name else f"{stage}/{name}"


def _session(action: Mapping[str, Any]) -> str:
    build = action.get("output", {}).get("executionResult", {}).get("externalExecutionId", "")
    return f"AWSCodeBuild-{build.rpartition(':')[2]}"


def _project(action: Mapping[str, Any]) -> str:
    name = action.get("input", {}).get("resolvedConfiguration", {}).get("ProjectName", "")
    return f":project/{name}" if name else ""


def _is_about(line: Mapping[str, Any], ran: _Ran) -> bool:
    return bool(ran.project) and any(one.endswith(ran.project) for one in line.get("resources", ()))


def _seconds(moment: datetime) -> float:
    return moment.timestamp()


def _services(role: Role) -> tuple[str, ...]:
    found = role.trust.get("Statement", [])
    statements = [found] if isinstance(found, dict) else found
    return tuple(each for one in statements for each in texts((one.get("Principal") or {}).get("Service")))
