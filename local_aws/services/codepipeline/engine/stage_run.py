"""One execution's way through one stage: entry condition, actions, and what follows success or failure."""

from dataclasses import dataclass
from functools import partial

from local_aws.services.codepipeline.engine.action_run import ActionRun
from local_aws.services.codepipeline.engine.condition_run import ConditionRun
from local_aws.services.codepipeline.engine.dependencies import Parts
from local_aws.services.codepipeline.engine.plan import BEFORE_ENTRY, ON_FAILURE, ON_SUCCESS, PipelinePlan
from local_aws.services.codepipeline.engine.scheduling import AUTOMATED, Done, Launch, mark_for_retry, next_move
from local_aws.services.codepipeline.engine.worker_pool import WorkerPool
from local_aws.services.codepipeline.store.records import (
    ABANDONED,
    FAILED,
    IN_PROGRESS,
    SKIPPED,
    STANDARD,
    STOPPED,
    STOPPING,
    SUCCEEDED,
    ActionRecord,
    ExecutionRecord,
)

RETRY, ROLLBACK, SKIP = "RETRY", "ROLLBACK", "SKIP"
"""Results of a stage's conditions that do not fail the stage alone."""

INTERRUPTED = "The local AWS ended while this action was running. Retry the stage to run it again."


class LeftError(Exception):
    """The stage is left at once: the execution was cancelled, or the engine is closing."""


@dataclass(frozen=True)
class Outcome:
    """How a stage ended; ``rollback``: it is to be rolled back."""

    status: str
    summary: str = ""
    rollback: bool = False


class StageRun:
    """Runs with the ledger's lock held, and lets go of it only while it waits."""

    def __init__(self, parts: Parts, execution: ExecutionRecord, pipeline: PipelinePlan) -> None:
        self._parts = parts
        self._execution = execution
        self._plan = pipeline.stages[execution.stage]
        self._stage = execution.stages[execution.stage]
        self._board = WorkerPool()
        self._actions = ActionRun(parts, execution, pipeline, self._plan)
        self._conditions = ConditionRun(parts, execution, pipeline, self._plan)

    def run(self) -> Outcome:
        """Go through the stage, from its beginning or from where the record says; may raise ``LeftError``."""
        try:
            self._take_up()
            refused = self._admission()
            if refused:
                return refused
            while True:
                outcome = self._after(self._perform())
                if outcome:
                    return outcome
        finally:
            self._board.cancel()

    def _take_up(self) -> None:
        """Go on with the attempts that were under way when the local AWS ended, or fail those that can't go on."""
        for condition in self._stage.conditions:
            if condition.status == IN_PROGRESS:
                condition.status = ABANDONED
                for rule in condition.rules:
                    rule.status = ABANDONED if rule.status == IN_PROGRESS else rule.status
        for record in self._stage.actions:
            action = self._plan.action(record.name)
            if record.status != IN_PROGRESS or action is None:
                continue
            if self._actions.can_resume(action):
                self._start(record, resumed=record.external_id)
            else:
                self._actions.fail(action, record, "InterruptedError", INTERRUPTED)

    def _admission(self) -> Outcome | None:
        """Evaluate the entry condition; None: the stage may go on."""
        condition = self._plan.conditions.get(BEFORE_ENTRY)
        if not (condition is None or self._stage.admitted or self._execution.type != STANDARD):
            met = self._evaluate(BEFORE_ENTRY)
            if self._stopping:
                return Outcome(STOPPED)
            if not met:
                summary = f"The entry condition of stage {self._plan.name} is not met."
                return Outcome(SKIPPED if condition.result == SKIP else FAILED, summary)
        self._stage.admitted = True
        self._parts.ledger.save(self._execution)
        return None

    def _perform(self) -> Done:
        """Run the actions until none runs and none is to be started."""
        while True:
            self._settle()
            move = next_move(self._plan.groups, self._states(), stopping=self._stopping)
            if isinstance(move, Done):
                return move
            if isinstance(move, Launch):
                for name in move.actions:
                    self._launch(name)
            else:
                self._wait()

    def _after(self, done: Done) -> Outcome | None:
        """Decide how the stage ends; None: it is tried again."""
        if self._stopping:
            return Outcome(SUCCEEDED if done.succeeded else STOPPED)
        if self._execution.type != STANDARD:
            return Outcome(SUCCEEDED if done.succeeded else FAILED)
        return self._after_success() if done.succeeded else self._after_failure()

    def _after_success(self) -> Outcome:
        condition = self._plan.conditions.get(ON_SUCCESS)
        if condition is None or self._stage.overridden(ON_SUCCESS) or self._evaluate(ON_SUCCESS):
            return Outcome(SUCCEEDED)
        if self._stopping:
            return Outcome(STOPPED)
        summary = f"The success condition of stage {self._plan.name} is not met."
        return Outcome(FAILED, summary, rollback=condition.result == ROLLBACK)

    def _after_failure(self) -> Outcome | None:
        """Do what onFailure asks for: its result as it stands, or a condition's when that condition is met."""
        condition = self._plan.conditions.get(ON_FAILURE)
        result = self._plan.failure_result
        if condition is not None:
            result = condition.result if self._evaluate(ON_FAILURE) else ""
        if self._stopping:
            return Outcome(STOPPED)
        if result == RETRY and not self._stage.automatic_retries:
            self._stage.automatic_retries += 1
            self._stage.latest_retry = AUTOMATED
            mark_for_retry(self._stage, self._plan.retry_mode)
            self._parts.ledger.save(self._execution)
            return None
        summary = "A failed stage that is to be skipped is not rehearsed." if result == SKIP else ""
        return Outcome(FAILED, summary, rollback=result == ROLLBACK)

    def _evaluate(self, kind: str) -> bool:
        """Evaluate the condition of this kind and tell whether it is met."""
        record = self._conditions.start(self._plan.conditions[kind], self._board)
        self._stage.conditions.append(record)
        self._parts.ledger.save(self._execution)
        self._settle()
        while any(rule.status == IN_PROGRESS for rule in record.rules):
            self._wait()
            self._settle()
        met = self._conditions.conclude(record)
        self._parts.ledger.save(self._execution)
        return met

    def _launch(self, name: str) -> None:
        action = self._plan.action(name)
        if action is None:
            raise LookupError(f"Stage {self._plan.name} has no action {name}.")
        record = self._actions.new_record(action)
        self._stage.actions.append(record)
        self._parts.ledger.save(self._execution)
        self._parts.announcements.action(self._execution, self._plan.name, action, IN_PROGRESS, record.id)
        if record.status == IN_PROGRESS:
            self._start(record, resumed=None)
        else:
            self._parts.announcements.action(self._execution, self._plan.name, action, record.status, record.id)

    def _start(self, record: ActionRecord, resumed: str | None) -> None:
        action = self._plan.action(record.name)
        if action is not None:
            work = partial(self._actions.work, action, record, resumed=resumed)
            self._board.start(self._actions.task(action, record), work)

    def _states(self) -> dict[str, str]:
        latest = {action.name: self._stage.latest(action.name) for action in self._plan.actions}
        return {name: record.status for name, record in latest.items() if record is not None}

    @property
    def _stopping(self) -> bool:
        return self._execution.status == STOPPING

    def _settle(self) -> None:
        expired = self._board.settle(self._parts.clock.now())
        if expired:
            self._parts.ledger.save(self._execution)
        for record in expired:
            action = self._plan.action(record.name)
            if isinstance(record, ActionRecord) and action is not None:
                self._parts.announcements.action(self._execution, self._plan.name, action, record.status, record.id)

    def _wait(self) -> None:
        self._parts.clock.wait(self._parts.ledger.changed, self._board.next_deadline())
        if self._parts.ledger.closed or not self._execution.running:
            raise LeftError
