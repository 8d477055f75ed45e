"""Reads executions through the CodePipeline API."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from delivery.aws.session import Aws
from delivery.releases.model.execution import Action, Attempt, Execution, Revision, Stage, Summary

if TYPE_CHECKING:
    from mypy_boto3_codepipeline.type_defs import (
        ActionExecutionDetailTypeDef,
        PipelineExecutionSummaryTypeDef,
    )


BY_CREATION = "CreatePipeline"
"""https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ExecutionTrigger.html"""
STOPPED = ("Stopping", "Stopped")

PAGE = 20
"""How many executions a page of the list has: most questions are about the newest."""


def stages(aws: Aws, pipeline: str, version: int | None = None) -> Sequence[Stage]:
    """Return the structure of the pipeline, as it is or as it was in that version.

    https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GetPipeline.html
    """
    numbered = {} if version is None else {"version": version}
    structure = aws.codepipeline.get_pipeline(name=pipeline, **numbered)["pipeline"]
    return [
        Stage(
            name=stage["name"],
            actions=[
                _action(stage["name"], action)
                for action in sorted(stage["actions"], key=lambda action: action.get("runOrder", 1))
            ],
        )
        for stage in structure["stages"]
    ]


def _action(stage: str, found: Mapping[str, Any]) -> Action:
    kind = found["actionTypeId"]
    return Action(stage, found["name"], kind["category"], kind["provider"], found.get("configuration", {}))


def execution(aws: Aws, pipeline: str, execution_id: str, structure: Sequence[Stage] | None = None) -> Execution:
    """Return an execution as far as it has come; ``structure`` spares reading it again.

    https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GetPipelineExecution.html
    https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListActionExecutions.html
    """
    answer = aws.codepipeline.get_pipeline_execution(pipelineName=pipeline, pipelineExecutionId=execution_id)
    found = answer["pipelineExecution"]
    version = found["pipelineVersion"]
    return Execution(
        pipeline=pipeline,
        id=execution_id,
        status=found["status"],
        reason=found.get("statusSummary", ""),
        type=found.get("executionType", "STANDARD"),
        trigger=_trigger(found),
        version=version,
        target=found.get("rollbackMetadata", {}).get("rollbackTargetPipelineExecutionId", ""),
        revisions=[
            Revision(one.get("name", ""), one.get("revisionId", ""), _message(one.get("revisionSummary", "")))
            for one in found.get("artifactRevisions", [])
        ],
        stages=structure if structure is not None else stages(aws, pipeline, version),
        attempts=_attempts(aws, pipeline, execution_id),
    )


def _attempts(aws: Aws, pipeline: str, execution_id: str) -> Sequence[Attempt]:
    pages = aws.codepipeline.get_paginator("list_action_executions").paginate(
        pipelineName=pipeline, filter={"pipelineExecutionId": execution_id}
    )
    found = [_attempt(detail) for page in pages for detail in page["actionExecutionDetails"]]
    found.reverse()  # the newest came first; sorting keeps the order of those that began in the same moment
    return sorted(found, key=lambda one: one.started)


def _attempt(detail: ActionExecutionDetailTypeDef) -> Attempt:
    kind = detail.get("input", {}).get("actionTypeId")
    result = detail.get("output", {}).get("executionResult", {})
    error = result.get("errorDetails", {})
    return Attempt(
        id=detail["actionExecutionId"],
        stage=detail["stageName"],
        action=detail["actionName"],
        provider=kind["provider"] if kind else "",
        category=kind["category"] if kind else "",
        status=detail["status"],
        started=detail["startTime"],
        updated=detail.get("lastUpdateTime", detail["startTime"]),
        summary=_message(result.get("externalExecutionSummary", "")),
        error_code=error.get("code", ""),
        error_message=error.get("message", ""),
        external_id=result.get("externalExecutionId", ""),
    )


def summaries(aws: Aws, pipeline: str, succeeded_in: str | None = None) -> Iterator[Summary]:
    """Return the releases, newest first; with ``succeeded_in`` those alone that this stage succeeded in.

    The execution that AWS starts when a pipeline is created is none, unless it went on after Source.
    """
    for one in _executions(aws, pipeline, succeeded_in):
        stopped = one.status in STOPPED or (one.status == "Failed" and not one.revisions)
        if not (one.trigger.startswith(BY_CREATION) and stopped):
            yield one


def first_execution(aws: Aws, pipeline: str) -> Summary | None:
    """Return the execution that AWS started when it created the pipeline; ``None`` where it is no more listed."""
    return next((one for one in _executions(aws, pipeline) if one.trigger.startswith(BY_CREATION)), None)


def _executions(aws: Aws, pipeline: str, succeeded_in: str | None = None) -> Iterator[Summary]:
    """Return all executions, newest first.

    https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListPipelineExecutions.html
    """
    narrowed: Any = {} if succeeded_in is None else {"filter": {"succeededInStage": {"stageName": succeeded_in}}}
    pages = aws.codepipeline.get_paginator("list_pipeline_executions").paginate(
        pipelineName=pipeline, PaginationConfig={"PageSize": PAGE}, **narrowed
    )
    for page in pages:
        yield from map(_summary, page["pipelineExecutionSummaries"])


def newest_summaries(aws: Aws, pipeline: str) -> Sequence[Summary]:
    """Return the newest executions, as many as a page has."""
    return list(islice(summaries(aws, pipeline), PAGE))


def _summary(found: PipelineExecutionSummaryTypeDef) -> Summary:
    return Summary(
        id=found["pipelineExecutionId"],
        status=found["status"],
        type=found.get("executionType", "STANDARD"),
        trigger=_trigger(found),
        started=found["startTime"],
        updated=found.get("lastUpdateTime", found["startTime"]),
        target=found.get("rollbackMetadata", {}).get("rollbackTargetPipelineExecutionId", ""),
        revisions=[
            Revision(one["actionName"], one.get("revisionId", ""), _message(one.get("revisionSummary", "")))
            for one in found.get("sourceRevisions", [])
        ],
    )


def _trigger(found: Mapping[str, Any]) -> str:
    trigger = found.get("trigger", {})
    return " ".join(word for word in (trigger.get("triggerType", ""), trigger.get("triggerDetail", "")) if word)


def _message(summary: str) -> str:
    """Return the commit's message out of what a source on a connection tells as JSON; any other text as it is."""
    try:
        told = json.loads(summary)
    except ValueError:
        return summary
    return str(told["CommitMessage"]) if isinstance(told, dict) and "CommitMessage" in told else summary
