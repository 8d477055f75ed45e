"""What the attempts at actions and at rules have in common: variables, the role, artifacts, progress, failure."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from local_aws.services.codepipeline.engine.dependencies import Parts
from local_aws.services.codepipeline.engine.plan import ActionPlan, PipelinePlan, RulePlan, StagePlan
from local_aws.services.codepipeline.engine.ports import Access, ActionError, Progress, TaskContext
from local_aws.services.codepipeline.engine.role_session import role_session
from local_aws.services.codepipeline.engine.variables import (
    EXECUTION_NAMESPACE,
    PIPELINE_NAMESPACE,
    UnresolvedVariableError,
    resolved,
)
from local_aws.services.codepipeline.engine.worker_pool import Task
from local_aws.services.codepipeline.store.records import (
    FAILED,
    IN_PROGRESS,
    ActionRecord,
    ExecutionRecord,
    Location,
    TaskRecord,
)

LONGEST_MESSAGE = 5000
LONGEST_SUMMARY = 2048
NOT_REHEARSED = "NotRehearsed"
"""The error code of an action or a rule that AWS runs and the local AWS does not."""

T = TypeVar("T")

log = logging.getLogger(__name__)


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


class TaskRun:
    """What runs tasks of an execution in a stage. Its methods are called with the ledger's lock held."""

    def __init__(self, parts: Parts, execution: ExecutionRecord, pipeline: PipelinePlan, stage: StagePlan) -> None:
        self._parts = parts
        self._execution = execution
        self._pipeline = pipeline
        self._stage = stage

    def _resolve(self, record: TaskRecord, declared: Mapping[str, str]) -> None:
        """Give the record its configuration; it has failed when a variable is not there."""
        namespaces = {
            **self._execution.namespaces,
            EXECUTION_NAMESPACE: {"PipelineExecutionId": self._execution.id},
            PIPELINE_NAMESPACE: self._execution.variables,
        }
        try:
            record.configuration = resolved(declared, namespaces)
        except UnresolvedVariableError as error:
            self._fail(record, "InvalidVariableReference", str(error))

    def _inputs(self, names: Sequence[str]) -> dict[str, Location]:
        """Return the places of input artifacts; ``ActionError`` where the execution has not made one."""
        missing = [name for name in names if name not in self._execution.artifacts]
        if missing:
            raise ActionError("ConfigurationError", f"Input artifact {missing[0]} was not made by this execution.")
        return {name: self._execution.artifacts[name] for name in names}

    def _fail(self, record: TaskRecord, code: str, message: str) -> None:
        record.status, record.updated = FAILED, self._parts.clock.now()
        record.error_code, record.error_message = code, message[:LONGEST_MESSAGE]

    def _access(self, plan: ActionPlan | RulePlan) -> Access:
        """Return as whom the task acts: as its own role, or as the pipeline's."""
        session = role_session(self._parts, self._pipeline, plan.role_arn, self._execution.id)
        return Access(plan.role_arn or self._pipeline.role_arn, session, self._pipeline.encryption_key)

    def _given(
        self,
        name: str,
        record: TaskRecord,
        task: Task,
        access: Access,
        inputs: Mapping[str, Location],
        resumed: str | None = None,
    ) -> TaskContext:
        """Return what every task is given."""
        return TaskContext(
            id=record.id,
            pipeline=self._pipeline.name,
            pipeline_arn=self._parts.pipeline_arn(self._pipeline.name),
            execution_id=self._execution.id,
            stage=self._stage.name,
            name=name,
            configuration=record.configuration,
            role_arn=access.role_arn,
            inputs=inputs,
            credentials=access.credentials,
            read=lambda artifact: self._parts.artifacts.get(inputs[artifact], access),
            report=lambda progress: self._report(record, progress),
            cancelled=task.cancelled,
            deadline=task.deadline,
            clock=self._parts.clock,
            resumed=resumed,
        )

    def _report(self, record: TaskRecord, progress: Progress) -> None:
        """Note the progress of a task, without the lock held."""
        with self._parts.ledger.changed:
            if record.status != IN_PROGRESS:
                return
            record.external_id = progress.external_id or record.external_id
            record.external_url = progress.external_url or record.external_url
            record.summary = (progress.summary or record.summary)[:LONGEST_SUMMARY]
            if isinstance(record, ActionRecord):
                record.log_stream_arn = progress.log_stream_arn or record.log_stream_arn
                record.updated = self._parts.clock.now()
            self._parts.ledger.save(self._execution)
