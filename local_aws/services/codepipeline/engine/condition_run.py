"""One evaluation of a stage's condition: its rules, side by side, and the verdict."""

import uuid
from functools import partial

from aws_facts.codepipeline import ACTION_MINUTES
from local_aws.services.codepipeline.engine.action_run import LONGEST_MESSAGE, NOT_REHEARSED, namespaces, outcome
from local_aws.services.codepipeline.engine.dependencies import Parts
from local_aws.services.codepipeline.engine.plan import ConditionPlan, PipelinePlan, RulePlan, StagePlan
from local_aws.services.codepipeline.engine.ports import (
    Access,
    ActionError,
    Progress,
    RuleContext,
    RuleHandler,
    RuleResult,
)
from local_aws.services.codepipeline.engine.role_session import role_session
from local_aws.services.codepipeline.engine.variables import UnresolvedVariableError, resolved
from local_aws.services.codepipeline.engine.worker_pool import Task, WorkerPool
from local_aws.services.codepipeline.store.records import (
    FAILED,
    IN_PROGRESS,
    OVERRIDDEN,
    SUCCEEDED,
    ConditionRecord,
    ExecutionRecord,
    RuleRecord,
)


class ConditionRun:
    """A condition of a stage for one execution. Called with the ledger's lock held."""

    def __init__(self, parts: Parts, execution: ExecutionRecord, pipeline: PipelinePlan, stage: StagePlan) -> None:
        self._parts = parts
        self._execution = execution
        self._pipeline = pipeline
        self._stage = stage

    def start(self, condition: ConditionPlan, board: WorkerPool) -> ConditionRecord:
        """Begin to evaluate every rule."""
        now = self._parts.clock.now()
        record = ConditionRecord(condition.kind, now)
        for rule in condition.rules:
            attempt = RuleRecord(str(uuid.uuid4()), rule.name, now, now)
            record.rules.append(attempt)
            try:
                attempt.configuration = resolved(rule.configuration, namespaces(self._execution))
            except UnresolvedVariableError as error:
                attempt.status, attempt.error_code = FAILED, "InvalidVariableReference"
                attempt.error_message = str(error)
                continue
            minutes = rule.timeout_minutes or ACTION_MINUTES
            task = Task(attempt, now + minutes * 60)
            board.start(task, partial(self._work, rule, attempt, condition.kind))
        return record

    def conclude(self, record: ConditionRecord) -> bool:
        """Return the verdict when every rule has ended: the condition is met when each of them succeeded.

        Or when somebody overrode it.
        """
        if record.status == OVERRIDDEN:
            return True
        failed = [rule for rule in record.rules if rule.status != SUCCEEDED]
        record.status = FAILED if failed else SUCCEEDED
        record.updated = self._parts.clock.now()
        told = [rule.error_message or rule.summary for rule in failed or record.rules]
        record.summary = " ".join(f"{rule.name}: {why}" for rule, why in zip(failed or record.rules, told, strict=True))
        return not failed

    def _work(self, rule: RulePlan, record: RuleRecord, condition: str, task: Task) -> None:
        result = outcome(
            lambda: self._handler(rule).evaluate(self._context(rule, record, condition, task)),
            f"Rule {rule.name} of pipeline {self._pipeline.name}",
        )
        self._end(record, result)

    def _handler(self, rule: RulePlan) -> RuleHandler:
        handler = self._parts.rules.get(rule.type.provider)
        if handler is None:
            known = ", ".join(sorted(self._parts.rules))
            message = f"Rule {rule.type.provider} is not rehearsed: the local AWS evaluates {known}."
            raise ActionError(NOT_REHEARSED, message)
        return handler

    def _end(self, record: RuleRecord, result: RuleResult | ActionError) -> None:
        with self._parts.ledger.changed:
            if record.status != IN_PROGRESS or not self._execution.running:
                return
            record.updated = self._parts.clock.now()
            if isinstance(result, ActionError):
                record.status, record.error_code = FAILED, result.code
                record.error_message = result.message[:LONGEST_MESSAGE]
            else:
                record.status = SUCCEEDED if result.passed else FAILED
                record.summary = result.summary
            self._parts.ledger.save(self._execution)

    def _context(self, rule: RulePlan, record: RuleRecord, condition: str, task: Task) -> RuleContext:
        parts = self._parts
        session = role_session(parts, self._pipeline, rule.role_arn, self._execution.id)
        role = rule.role_arn or self._pipeline.role_arn
        access = Access(role, session, self._pipeline.encryption_key)
        missing = [name for name in rule.inputs if name not in self._execution.artifacts]
        if missing:
            raise ActionError("ConfigurationError", f"Input artifact {missing[0]} was not made by this execution.")
        inputs = {name: self._execution.artifacts[name] for name in rule.inputs}
        return RuleContext(
            condition=condition,
            commands=rule.commands,
            id=record.id,
            pipeline=self._pipeline.name,
            pipeline_arn=parts.pipeline_arn(self._pipeline.name),
            execution_id=self._execution.id,
            stage=self._stage.name,
            name=rule.name,
            configuration=record.configuration,
            role_arn=role,
            inputs=inputs,
            credentials=session,
            read=lambda name: parts.artifacts.get(inputs[name], access),
            report=lambda progress: self._report(record, progress),
            cancelled=task.cancelled,
            deadline=task.deadline,
            clock=parts.clock,
            resumed=None,
        )

    def _report(self, record: RuleRecord, progress: Progress) -> None:
        with self._parts.ledger.changed:
            if record.status == IN_PROGRESS:
                record.external_id = progress.external_id or record.external_id
                record.external_url = progress.external_url or record.external_url
                record.summary = progress.summary or record.summary
                self._parts.ledger.save(self._execution)
