"""One attempt at one action: its record, what its handler is given, and what becomes of the result."""

import logging
import uuid
from collections.abc import Callable, Mapping
from typing import TypeVar

from aws_facts.codepipeline import ACTION_MINUTES, action_type
from local_aws.services.codepipeline.engine.artifacts import new_location
from local_aws.services.codepipeline.engine.dependencies import Parts
from local_aws.services.codepipeline.engine.plan import ActionPlan, PipelinePlan, StagePlan
from local_aws.services.codepipeline.engine.ports import (
    Access,
    ActionContext,
    ActionError,
    ActionHandler,
    ActionResult,
    Progress,
)
from local_aws.services.codepipeline.engine.role_session import role_session
from local_aws.services.codepipeline.engine.variables import (
    EXECUTION_NAMESPACE,
    PIPELINE_NAMESPACE,
    UnresolvedVariableError,
    resolved,
)
from local_aws.services.codepipeline.engine.worker_pool import Task
from local_aws.services.codepipeline.store.records import FAILED, IN_PROGRESS, SUCCEEDED, ActionRecord, ExecutionRecord

APPROVAL = "Approval"
LONGEST_MESSAGE = 5000
LONGEST_SUMMARY = 2048
NOT_REHEARSED = "NotRehearsed"
"""The error code of an action or a rule that AWS runs and the local AWS does not."""

T = TypeVar("T")

log = logging.getLogger(__name__)


def namespaces(execution: ExecutionRecord) -> dict[str, Mapping[str, str]]:
    """Return the variables that an execution has by now."""
    return {
        **execution.namespaces,
        EXECUTION_NAMESPACE: {"PipelineExecutionId": execution.id},
        PIPELINE_NAMESPACE: execution.variables,
    }


def outcome(work: Callable[[], T], what: str) -> T | ActionError:
    """Return what ``work`` returns, or why it did not; a fault of ours becomes an error that says so."""
    try:
        return work()
    except ActionError as error:
        return error
    except Exception as error:
        log.exception("%s failed unexpectedly", what)
        message = f"{type(error).__name__}: {error}. This is a fault of the local AWS; its log has the details."
        return ActionError("InternalError", message)


class ActionRun:
    """An action of an execution in a stage. Its methods are called with the ledger's lock held, but for ``work``."""

    def __init__(self, parts: Parts, execution: ExecutionRecord, pipeline: PipelinePlan, stage: StagePlan) -> None:
        self._parts = parts
        self._execution = execution
        self._pipeline = pipeline
        self._stage = stage

    def new_record(self, action: ActionPlan) -> ActionRecord:
        """Make the record of a new attempt; it has failed already when its variables or artifacts are not there."""
        now = self._parts.clock.now()
        record = ActionRecord(str(uuid.uuid4()), action.name, now, now)
        record.token = str(uuid.uuid4()) if action.type.category == APPROVAL else ""
        record.outputs = {
            name: new_location(self._pipeline.bucket, self._pipeline.name, name) for name in action.outputs
        }
        try:
            record.configuration = resolved(action.configuration, namespaces(self._execution))
        except UnresolvedVariableError as error:
            self._fail(record, "InvalidVariableReference", str(error))
        missing = [name for name in action.inputs if name not in self._execution.artifacts]
        if missing:
            self._fail(record, "ConfigurationError", f"Input artifact {missing[0]} was not made by this execution.")
        record.inputs = {name: self._execution.artifacts[name] for name in action.inputs if name not in missing}
        return record

    def task(self, action: ActionPlan, record: ActionRecord) -> Task:
        """Return the task of an attempt; its time counts from the attempt's beginning, also over a restart."""
        known = action_type(action.type.category, action.type.owner, action.type.provider)
        minutes = action.timeout_minutes or known.get("timeout_minutes", ACTION_MINUTES)
        return Task(record, record.started + minutes * 60)

    def work(self, action: ActionPlan, record: ActionRecord, task: Task, resumed: str | None) -> None:
        """Run the handler, without the lock, and put what it gives into the record."""
        result = outcome(
            lambda: self._handler(action).run(self._context(action, record, task, resumed)),
            f"Action {action.name} of pipeline {self._pipeline.name}",
        )
        with self._parts.ledger.changed:
            self._end(action, record, result)

    def can_resume(self, action: ActionPlan) -> bool:
        """Check whether an attempt during which the local AWS ended may go on."""
        handler = self._parts.handlers.get(action.type)
        return handler is not None and handler.resumable

    def _handler(self, action: ActionPlan) -> ActionHandler:
        """Return what runs the action here, or raise ``ActionError``: AWS takes more than is rehearsed."""
        if action.region not in {"", self._parts.region}:
            message = f"Actions in {action.region} are not rehearsed: the local AWS is in {self._parts.region} alone."
            raise ActionError(NOT_REHEARSED, message)
        handler = self._parts.handlers.get(action.type)
        if handler is None:
            known = ", ".join(sorted(str(each) for each in self._parts.handlers))
            raise ActionError(NOT_REHEARSED, f"Action type {action.type} is not rehearsed: the local AWS runs {known}.")
        return handler

    def fail(self, action: ActionPlan, record: ActionRecord, code: str, message: str) -> None:
        """End a running attempt as failed."""
        self._end(action, record, ActionError(code, message))

    def _end(self, action: ActionPlan, record: ActionRecord, result: ActionResult | ActionError) -> None:
        if record.status != IN_PROGRESS or not self._execution.running:
            return
        if isinstance(result, ActionError):
            self._fail(record, result.code, result.message)
            record.summary = (result.summary or record.summary)[:LONGEST_SUMMARY]
        else:
            self._succeed(action, record, result)
        self._parts.ledger.save(self._execution)
        self._parts.announcements.action(self._execution, self._stage.name, action, record.status, record.id)

    def _succeed(self, action: ActionPlan, record: ActionRecord, result: ActionResult) -> None:
        record.status, record.updated = SUCCEEDED, self._parts.clock.now()
        record.summary = (result.summary or record.summary)[:LONGEST_SUMMARY]
        record.external_id = result.external_id or record.external_id
        record.external_url = result.external_url or record.external_url
        record.variables = dict(result.variables)
        self._execution.artifacts |= record.outputs
        if action.namespace:
            self._execution.namespaces[action.namespace] = record.variables
        if result.revision:
            self._execution.revisions[action.name] = result.revision

    def _fail(self, record: ActionRecord, code: str, message: str) -> None:
        record.status, record.updated = FAILED, self._parts.clock.now()
        record.error_code, record.error_message = code, message[:LONGEST_MESSAGE]

    def _context(self, action: ActionPlan, record: ActionRecord, task: Task, resumed: str | None) -> ActionContext:
        parts = self._parts
        session = role_session(parts, self._pipeline, action.role_arn, self._execution.id)
        role = action.role_arn or self._pipeline.role_arn
        access = Access(role, session, self._pipeline.encryption_key)
        return ActionContext(
            id=record.id,
            pipeline=self._pipeline.name,
            pipeline_arn=parts.pipeline_arn(self._pipeline.name),
            execution_id=self._execution.id,
            stage=self._stage.name,
            name=action.name,
            configuration=record.configuration,
            role_arn=role,
            inputs=record.inputs,
            credentials=session,
            read=lambda name: parts.artifacts.get(record.inputs[name], access),
            report=lambda progress: self._report(record, progress),
            cancelled=task.cancelled,
            deadline=task.deadline,
            clock=parts.clock,
            resumed=resumed,
            type=action.type,
            outputs=record.outputs,
            write=lambda name, content: parts.artifacts.put(record.outputs[name], content, access),
            encryption_key=self._pipeline.encryption_key,
            override=self._execution.overrides.get(action.name),
            revisions=self._revisions(),
            token=record.token,
        )

    def _revisions(self) -> dict[str, str]:
        sources = self._pipeline.stages[0].actions
        taken = self._execution.revisions
        return {name: taken[each.name].id for each in sources if each.name in taken for name in each.outputs}

    def _report(self, record: ActionRecord, progress: Progress) -> None:
        with self._parts.ledger.changed:
            if record.status != IN_PROGRESS:
                return
            record.external_id = progress.external_id or record.external_id
            record.external_url = progress.external_url or record.external_url
            record.summary = (progress.summary or record.summary)[:LONGEST_SUMMARY]
            record.log_stream_arn = progress.log_stream_arn or record.log_stream_arn
            record.updated = self._parts.clock.now()
            self._parts.ledger.save(self._execution)
