"""One evaluation of a stage's condition: its rules, side by side, and the verdict."""

import uuid
from functools import partial

from aws_facts.codepipeline import ACTION_MINUTES
from local_aws.services.codepipeline.engine.plan import ConditionPlan, RulePlan
from local_aws.services.codepipeline.engine.ports import ActionError, Evaluate, RuleContext, RuleResult
from local_aws.services.codepipeline.engine.task_run import NOT_REHEARSED, TaskRun, outcome
from local_aws.services.codepipeline.engine.worker_pool import Task, WorkerPool
from local_aws.services.codepipeline.store.records import (
    FAILED,
    IN_PROGRESS,
    OVERRIDDEN,
    SUCCEEDED,
    ConditionRecord,
    RuleRecord,
)


class ConditionRun(TaskRun):
    """Evaluates conditions. Called with the ledger's lock held."""

    def start(self, condition: ConditionPlan, board: WorkerPool) -> ConditionRecord:
        """Begin to evaluate every rule."""
        now = self._parts.clock.now()
        record = ConditionRecord(condition.kind, now)
        for rule in condition.rules:
            attempt = RuleRecord(str(uuid.uuid4()), rule.name, now, now)
            record.rules.append(attempt)
            self._resolve(attempt, rule.configuration)
            if attempt.status == FAILED:
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
            lambda: self._handler(rule)(self._context(rule, record, condition, task)),
            f"Rule {rule.name} of pipeline {self._pipeline.name}",
        )
        self._end(record, result)

    def _handler(self, rule: RulePlan) -> Evaluate:
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
            if isinstance(result, ActionError):
                self._fail(record, result.code, result.message)
            else:
                record.status, record.updated = SUCCEEDED if result.passed else FAILED, self._parts.clock.now()
                record.summary = result.summary
            self._parts.ledger.save(self._execution)

    def _context(self, rule: RulePlan, record: RuleRecord, condition: str, task: Task) -> RuleContext:
        given = self._given(rule.name, record, task, self._access(rule), self._inputs(rule.inputs))
        return RuleContext(**vars(given), condition=condition, commands=rule.commands)
