"""How a pipeline's stages stand: which way is closed, who is in which stage, which approvals are waited for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from delivery.aws.session import Aws
from delivery.releases.model.execution import FAILED, IN_PROGRESS, SUCCEEDED

if TYPE_CHECKING:
    from mypy_boto3_codepipeline.type_defs import RuleStateTypeDef, StageStateTypeDef


@dataclass(frozen=True)
class Approval:
    """A question that a person has to answer. ``token`` is what the answer is sent with."""

    stage: str
    action: str
    execution: str
    token: str


@dataclass(frozen=True)
class Condition:
    """The latest evaluation of a condition. ``kind`` is the API's word for overriding it; ``told`` is of its rules."""

    stage: str
    kind: str
    execution: str
    status: str
    told: Sequence[str]

    @property
    def waits(self) -> bool:
        """Whether it is not decided yet."""
        return self.status == IN_PROGRESS

    @property
    def in_the_way(self) -> bool:
        """Whether it keeps an execution from going on, or has ended one."""
        return self.waits or self.status == FAILED


@dataclass(frozen=True)
class StageState:
    """A stage. ``execution`` is the latest that came into it, ``waiting`` are those in front of it."""

    name: str
    open: bool
    closed_by: str
    closed_because: str
    execution: str
    status: str
    waiting: Sequence[str]
    approvals: Sequence[Approval]
    conditions: Sequence[Condition]


def read(aws: Aws, pipeline: str) -> Sequence[StageState]:
    """Return the stages in their order.

    https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GetPipelineState.html
    """
    return [_stage(found) for found in aws.codepipeline.get_pipeline_state(name=pipeline)["stageStates"]]


def _stage(found: StageStateTypeDef) -> StageState:
    way, latest = found.get("inboundTransitionState", {}), found.get("latestExecution")
    inbound = found.get("inboundExecutions", [])
    return StageState(
        name=found["stageName"],
        open=way.get("enabled", True),
        closed_by=way.get("lastChangedBy", ""),
        closed_because=way.get("disabledReason", ""),
        execution=latest["pipelineExecutionId"] if latest else "",
        status=latest["status"] if latest else "",
        waiting=[one["pipelineExecutionId"] for one in inbound],
        approvals=list(_approvals(found)),
        conditions=list(_conditions(found)),
    )


def _conditions(found: StageStateTypeDef) -> Iterator[Condition]:
    """Return the conditions that can be overridden."""
    stage = found.get("latestExecution")
    states = {
        "BEFORE_ENTRY": found.get("beforeEntryConditionState", {}),
        "ON_SUCCESS": found.get("onSuccessConditionState", {}),
    }
    for kind, state in states.items():
        status = state.get("latestExecution", {}).get("status", "")
        if stage and status:
            rules = [rule for one in state.get("conditionStates", []) for rule in one.get("ruleStates", [])]
            told = [_told(rule) for rule in rules if rule.get("latestExecution", {}).get("status") != SUCCEEDED]
            yield Condition(found["stageName"], kind, stage["pipelineExecutionId"], status, told)


def _told(rule: RuleStateTypeDef) -> str:
    latest = rule.get("latestExecution", {})
    why = latest.get("errorDetails", {}).get("message") or latest.get("summary", "")
    return f"{rule.get('ruleName', 'a rule')}{why and f' ({why.rstrip(chr(46))})'}"


def _approvals(found: StageStateTypeDef) -> Iterator[Approval]:
    stage = found.get("latestExecution")
    for action in found.get("actionStates", []):
        latest = action.get("latestExecution", {})
        if stage and latest.get("token") and latest.get("status") == IN_PROGRESS:
            yield Approval(
                found["stageName"], action["actionName"], stage["pipelineExecutionId"], latest.get("token", "")
            )
