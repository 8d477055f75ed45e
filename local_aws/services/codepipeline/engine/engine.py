"""The engine: lets executions enter stages, runs them there, and takes up after a restart what was under way."""

import logging
import threading
import uuid
from typing import Any

from local_aws.services.codepipeline.engine.dependencies import Parts
from local_aws.services.codepipeline.engine.plan import read_plan
from local_aws.services.codepipeline.engine.scheduling import Enter, Position, next_steps
from local_aws.services.codepipeline.engine.stage_run import LeftError, Outcome, StageRun
from local_aws.services.codepipeline.store.records import (
    ABANDONED,
    CANCELLED,
    FAILED,
    IN_PROGRESS,
    ROLLBACK,
    SKIPPED,
    STANDARD,
    STOPPED,
    STOPPING,
    SUCCEEDED,
    SUPERSEDED,
    ExecutionRecord,
    StageRecord,
)

AUTOMATED_ROLLBACK = "AutomatedRollback"
MANUAL_ROLLBACK = "ManualRollback"

log = logging.getLogger(__name__)


class Engine:
    """Runs executions on threads; every change is written before it is acted upon."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._ledger = parts.ledger

    def start(self) -> None:
        """Go on with every execution that had not ended when the local AWS did."""
        self.parts.announcements.start()
        with self._ledger.changed:
            for execution in self._ledger.running():
                definition = self.parts.definitions(execution.pipeline)
                if definition is None or definition.structure.get("version", 1) != execution.version:
                    self._cancel(execution)
                elif execution.inside:
                    self._spawn(execution)
            for pipeline in {execution.pipeline for execution in self._ledger.running()}:
                self.advance(pipeline)

    def stop(self) -> None:
        """Write nothing more; what is in progress is taken up at the next start."""
        self._ledger.close()
        self.parts.announcements.stop()

    def begin(self, execution: ExecutionRecord) -> None:
        """Take in a new execution and let it go as far as it may."""
        with self._ledger.changed:
            self._ledger.add(execution)
            self.parts.announcements.pipeline(execution, IN_PROGRESS)
            self.advance(execution.pipeline)

    def advance(self, pipeline: str) -> None:
        """Let in whoever may enter a stage now; called after everything that may open a way."""
        with self._ledger.changed:
            running = {each.id: each for each in self._ledger.of(pipeline) if each.running}
            if not running or self._ledger.closed:
                return
            newest = max(running.values(), key=lambda each: each.sequence)
            closed = {
                index
                for index, stage in enumerate(newest.stages)
                if not self._ledger.transition(pipeline, stage.name).enabled
            }
            positions = [
                Position(each.id, each.sequence, each.stage, each.inside, each.status == STOPPING)
                for each in running.values()
            ]
            for step in next_steps(newest.mode, positions, closed):
                if isinstance(step, Enter):
                    self.enter(running[step.execution])
                else:
                    self.end(running[step.execution], SUPERSEDED, f"Superseded by {step.by}.")

    def enter(self, execution: ExecutionRecord) -> None:
        """Let an execution into the stage in front of which it stands, and run it there."""
        stage = execution.stages[execution.stage]
        execution.inside = True
        stage.status, stage.entered = IN_PROGRESS, self.parts.clock.now()
        self._ledger.save(execution)
        self.parts.announcements.stage(execution, stage.name, IN_PROGRESS)
        self._spawn(execution)

    def definition_changed(self, pipeline: str, version: int | None) -> None:
        """Cancel what an older structure started; ``version`` None: the pipeline is no more, nor is its history."""
        with self._ledger.changed:
            for execution in self._ledger.of(pipeline):
                if execution.running and execution.version != version:
                    self._cancel(execution)
            if version is None:
                self._ledger.forget(pipeline)

    def end(self, execution: ExecutionRecord, status: str, summary: str = "") -> None:
        """End an execution that is in no stage."""
        execution.status, execution.inside = status, False
        execution.summary = summary or execution.summary
        self._ledger.save(execution)
        self.parts.announcements.pipeline(execution, status)

    def roll_back(
        self, stage: str, target: ExecutionRecord, trigger: str, detail: str, failed: ExecutionRecord | None = None
    ) -> ExecutionRecord:
        """Start an execution that runs ``stage`` alone, with the artifacts and variables of ``target``.

        It enters before all who wait: what they would put in place, it would undo. ``failed`` is written with it.
        """
        execution = rollback_of(target, stage, self.parts.clock.now())
        execution.trigger, execution.trigger_detail = trigger, detail
        self._ledger.add(execution, *([failed] if failed else []))
        self.parts.announcements.pipeline(execution, IN_PROGRESS)
        self.enter(execution)
        return execution

    def rollback_target(self, failed: ExecutionRecord, stage: str) -> ExecutionRecord | None:
        """Give the execution that ``stage`` goes back to: the last standard one of this structure to succeed in it."""
        found = [
            (record.entered, each.sequence, each)
            for each in self._ledger.of(failed.pipeline)
            for record in each.stages
            if record.name == stage and record.status == SUCCEEDED
            if each.type == STANDARD and each.version == failed.version and each.id != failed.id
        ]
        return max(found, key=lambda each: each[:2])[2] if found else None

    def _spawn(self, execution: ExecutionRecord) -> None:
        threading.Thread(target=self._drive, args=(execution,), name=f"stage-{execution.id}", daemon=True).start()

    def _drive(self, execution: ExecutionRecord) -> None:
        with self._ledger.changed:
            if self._ledger.closed:
                return
            try:
                outcome = StageRun(self.parts, execution, read_plan(execution.structure, self.parts.region)).run()
            except LeftError:
                return
            except Exception as error:
                log.exception("Pipeline %s failed unexpectedly", execution.pipeline)
                outcome = Outcome(FAILED, f"{type(error).__name__}: {error}. This is a fault of the local AWS.")
            self._leave(execution, outcome)
            self.advance(execution.pipeline)

    def _leave(self, execution: ExecutionRecord, outcome: Outcome) -> None:
        """Take an execution out of its stage, onwards or to its end."""
        stage = execution.stages[execution.stage]
        stage.status, execution.inside = outcome.status, False
        self.parts.announcements.stage(execution, stage.name, outcome.status)
        last = execution.stage + 1 == len(execution.stages) or execution.type == ROLLBACK
        if execution.status == STOPPING:
            self.end(execution, STOPPED)
        elif outcome.rollback:
            self._end_by_rolling_back(execution, stage.name, outcome.summary)
        elif outcome.status not in (SUCCEEDED, SKIPPED):
            self.end(execution, outcome.status, outcome.summary)
        elif last:
            self.end(execution, SUCCEEDED)
        else:
            execution.stage += 1
            self._ledger.save(execution)

    def _end_by_rolling_back(self, execution: ExecutionRecord, stage: str, summary: str) -> None:
        """End an execution as failed and start the one that undoes it, in one write: a crash leaves both or neither."""
        target = self.rollback_target(execution, stage)
        if target is None:
            self.end(execution, FAILED, f"{summary} There is no earlier success in {stage} to roll back to.".strip())
            return
        execution.status, execution.summary = FAILED, summary
        self.roll_back(stage, target, AUTOMATED_ROLLBACK, execution.id, failed=execution)
        self.parts.announcements.pipeline(execution, FAILED)

    def _cancel(self, execution: ExecutionRecord) -> None:
        stage = execution.stages[execution.stage]
        abandon(stage, self.parts.clock.now())
        if execution.inside:
            stage.status = CANCELLED
        self.end(
            execution, CANCELLED, "The pipeline's definition was changed before this execution could be completed."
        )


def rollback_of(target: ExecutionRecord, stage: str, now: float) -> ExecutionRecord:
    """Return a new execution that stands in front of ``stage`` with all that ``target`` had made and taken."""
    names = [each.name for each in target.stages]
    return ExecutionRecord(
        id=str(uuid.uuid4()),
        pipeline=target.pipeline,
        version=target.version,
        mode=target.mode,
        structure=target.structure,
        started=now,
        updated=now,
        trigger="",
        type=ROLLBACK,
        rollback_target=target.id,
        variables=dict(target.variables),
        stage=names.index(stage),
        stages=[StageRecord(name) for name in names],
        artifacts=dict(target.artifacts),
        namespaces={name: dict(values) for name, values in target.namespaces.items()},
        revisions=dict(target.revisions),
    )


def abandon(stage: StageRecord, now: float) -> None:
    """Let go of everything that runs in a stage; what it started outside may run on."""
    running: list[Any] = [
        *stage.actions,
        *(rule for each in stage.conditions for rule in each.rules),
        *stage.conditions,
    ]
    for record in running:
        if record.status == IN_PROGRESS:
            record.status, record.updated = ABANDONED, now
