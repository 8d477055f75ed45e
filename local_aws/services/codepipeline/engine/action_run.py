"""One attempt at one action: its record, what its handler is given, and what becomes of the result."""

import uuid

from aws_facts.codepipeline import ACTION_MINUTES, action_type
from local_aws.services.codepipeline.engine.artifacts import new_location
from local_aws.services.codepipeline.engine.plan import ActionPlan
from local_aws.services.codepipeline.engine.ports import ActionContext, ActionError, ActionHandler, ActionResult
from local_aws.services.codepipeline.engine.task_run import LONGEST_SUMMARY, NOT_REHEARSED, TaskRun, outcome
from local_aws.services.codepipeline.engine.worker_pool import Task
from local_aws.services.codepipeline.store.records import IN_PROGRESS, SUCCEEDED, ActionRecord

APPROVAL = "Approval"


class ActionRun(TaskRun):
    """Runs actions. Its methods are called with the ledger's lock held, but for ``work``."""

    def new_record(self, action: ActionPlan) -> ActionRecord:
        """Make the record of a new attempt; it has failed already when its variables or artifacts are not there."""
        now = self._parts.clock.now()
        record = ActionRecord(str(uuid.uuid4()), action.name, now, now)
        record.token = str(uuid.uuid4()) if action.type.category == APPROVAL else ""
        record.outputs = {
            name: new_location(self._pipeline.bucket, self._pipeline.name, name) for name in action.outputs
        }
        self._resolve(record, action.configuration)
        try:
            record.inputs = self._inputs(action.inputs)
        except ActionError as error:
            self._fail(record, error.code, error.message)
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

    def _context(self, action: ActionPlan, record: ActionRecord, task: Task, resumed: str | None) -> ActionContext:
        access = self._access(action)
        return ActionContext(
            **vars(self._given(action.name, record, task, access, record.inputs, resumed)),
            type=action.type,
            outputs=record.outputs,
            write=lambda name, content: self._parts.artifacts.put(record.outputs[name], content, access),
            encryption_key=self._pipeline.encryption_key,
            override=self._execution.overrides.get(action.name),
            revisions=self._revisions(),
            token=record.token,
        )

    def _revisions(self) -> dict[str, str]:
        sources = self._pipeline.stages[0].actions
        taken = self._execution.revisions
        return {name: taken[each.name].id for each in sources if each.name in taken for name in each.outputs}
