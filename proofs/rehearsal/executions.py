"""What the pipelines of a place say of themselves, and which action a call of the ledger belongs to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from system_model.roles import Role
from system_model.statements import texts

RUNNING = ("InProgress", "Stopping")

Answer = Mapping[str, Any]


@dataclass(frozen=True)
class Executions:
    """The executions of one pipeline; ``client`` is CodePipeline's."""

    client: Any
    pipeline: str

    def all(self) -> Sequence[Answer]:
        """Give them in short, in one answer: a roll-back that begins between two would be missed."""
        listed: Answer = self.client.list_pipeline_executions(pipelineName=self.pipeline)
        found: Sequence[Answer] = listed["pipelineExecutionSummaries"]
        return found

    def ids(self) -> frozenset[str]:
        """Return the ids of all of them."""
        return frozenset(one["pipelineExecutionId"] for one in self.all())

    def status(self, execution: str) -> str:
        """Return the status of one."""
        return str(next(one["status"] for one in self.all() if one["pipelineExecutionId"] == execution))

    def any_runs(self, before: frozenset[str]) -> bool:
        """Return whether one that is not of those before runs."""
        return any(one["status"] in RUNNING for one in self.since(before))

    def since(self, before: frozenset[str]) -> Sequence[Answer]:
        """Give those that are not of those before, in short, in the order in which they began."""
        new = [one for one in self.all() if one["pipelineExecutionId"] not in before]
        return sorted(new, key=lambda one: one["startTime"])

    def actions(self, execution: str = "") -> Iterator[Answer]:
        """Return the action executions, of one execution or of all."""
        chosen: Any = {"filter": {"pipelineExecutionId": execution}} if execution else {}
        listing = self.client.get_paginator("list_action_executions")
        for page in listing.paginate(pipelineName=self.pipeline, **chosen):
            yield from page["actionExecutionDetails"]

    def last_stage(self) -> str:
        """Name the stage that deploys, or what comes after it."""
        declared: Answer = self.client.get_pipeline(name=self.pipeline)["pipeline"]
        return str(declared["stages"][-1]["name"])

    def approvals(self) -> Iterator[str]:
        """Name the actions that wait for an answer."""
        for stage in self._states():
            for action in stage["actionStates"]:
                if action.get("latestExecution", {}).get("token"):
                    yield action["actionName"]

    def _states(self) -> Sequence[Answer]:
        state: Answer = self.client.get_pipeline_state(name=self.pipeline)
        found: Sequence[Answer] = state["stageStates"]
        return found


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
