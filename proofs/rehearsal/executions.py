"""What the pipelines of a place say of themselves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
