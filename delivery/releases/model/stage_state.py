"""How a pipeline's stages stand: which way is closed, who is in which stage, which approvals are waited for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from delivery.aws.session import Aws
from delivery.releases.model.execution import IN_PROGRESS

if TYPE_CHECKING:
    from mypy_boto3_codepipeline.type_defs import StageStateTypeDef


@dataclass(frozen=True)
class Approval:
    """A question that a person has to answer. ``token`` is what the answer is sent with."""

    stage: str
    action: str
    execution: str
    token: str


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
    )


def _approvals(found: StageStateTypeDef) -> Iterator[Approval]:
    stage = found.get("latestExecution")
    for action in found.get("actionStates", []):
        latest = action.get("latestExecution", {})
        if stage and latest.get("token") and latest.get("status") == IN_PROGRESS:
            yield Approval(
                found["stageName"], action["actionName"], stage["pipelineExecutionId"], latest.get("token", "")
            )
