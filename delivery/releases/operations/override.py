"""Has an execution go on although a condition of a stage is not met, or not decided yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from delivery.aws.errors import RefusedByAwsError
from delivery.releases.model import stage_state
from delivery.releases.model.stage_state import Condition
from delivery.releases.model.target import Target
from delivery.releases.model.unanswered import may_have_begun, nothing_begun
from delivery.releases.operations import release, select_execution, start
from delivery.releases.output.reporter import ReleaseReporter
from reporting.errors import CannotRunError

if TYPE_CHECKING:
    from mypy_boto3_codepipeline.literals import ConditionTypeType

REFUSALS = ("ConditionNotOverridableException", "NotLatestPipelineExecutionException", "ConflictException")
"""https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_OverrideStageCondition.html"""
_NAMES = {"BEFORE_ENTRY": "the condition before stage", "ON_SUCCESS": "the condition after stage"}


def override(target: Target, execution: str | None, teller: ReleaseReporter, *, wait: bool) -> None:
    """Override the condition that holds the execution (whichever is held without an id), and follow it."""
    with nothing_begun(teller):
        condition = _condition(target, execution)
        before = select_execution.named(target, condition.execution)
    name = f"{_NAMES[condition.kind]} {condition.stage}"
    try:
        with may_have_begun(target, f"{name} is overridden", teller):
            target.aws.codepipeline.override_stage_condition(
                pipelineName=target.name,
                stageName=condition.stage,
                pipelineExecutionId=condition.execution,
                conditionType=cast("ConditionTypeType", condition.kind),
            )
    except RefusedByAwsError as refusal:
        if refusal.code not in REFUSALS:
            raise
        raise CannotRunError(f"{name} can't be overridden: {refusal.message.rstrip('.')}.") from None
    teller.fact(
        "overridden",
        {"execution": condition.execution, "stage": condition.stage, "condition": condition.kind},
        f"{target.name}: execution {condition.execution} continues without {name}: {', '.join(condition.told)}.",
    )
    if wait:
        release.follow_to_end(target, condition.execution, teller, before)


def _condition(target: Target, execution: str | None) -> Condition:
    start.structure(target)
    every = [one for stage in stage_state.read(target.aws, target.name) for one in stage.conditions]
    fitting = [one for one in every if one.in_the_way and execution in (None, one.execution)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        which = ", ".join(f"execution {one.execution} in stage {one.stage}" for one in fitting)
        raise CannotRunError(f"{target.name}: several are held by conditions; say with --execution which: {which}.")
    of_it = f" of execution {execution}" if execution else ""
    raise CannotRunError(f"{target.name}: no condition{of_it} is in the way of anything.")
