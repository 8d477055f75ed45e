"""Every execution there is, in memory and on disk, under one lock that also tells of changes.

Whoever reads or changes a record holds ``changed``; ``save`` writes the change and wakes all who wait for one.
"""

import threading
from collections.abc import Iterator

from local_aws.services.codepipeline.engine.clock import Clock
from local_aws.services.codepipeline.store.execution_rows import ExecutionStore, Transition
from local_aws.services.codepipeline.store.records import ExecutionRecord

OPEN = Transition(enabled=True, changed_by="", changed=0.0)


class Ledger:
    """The executions and transitions of all pipelines."""

    def __init__(self, store: ExecutionStore, clock: Clock) -> None:
        self.changed = threading.Condition(threading.RLock())
        self.closed = False
        self._store = store
        self._clock = clock
        self._executions = {record.id: record for record in store.executions()}
        self._transitions = store.transitions()

    def get(self, execution_id: str) -> ExecutionRecord | None:
        """Return one execution."""
        return self._executions.get(execution_id)

    def of(self, pipeline: str) -> list[ExecutionRecord]:
        """Return a pipeline's executions, oldest first."""
        return [record for record in self._executions.values() if record.pipeline == pipeline]

    def running(self) -> Iterator[ExecutionRecord]:
        """Return the executions that have not ended, oldest first."""
        return iter([record for record in self._executions.values() if record.running])

    def latest_in_stage(self, pipeline: str, stage: str) -> ExecutionRecord | None:
        """Return the execution that entered ``stage`` last."""
        entered = [
            (record_stage.entered, record.sequence, record)
            for record in self.of(pipeline)
            for record_stage in record.stages
            if record_stage.name == stage and record_stage.entered
        ]
        return max(entered, key=lambda each: each[:2])[2] if entered else None

    def add(self, record: ExecutionRecord, *changed: ExecutionRecord) -> None:
        """Keep a new execution, and what changed in others on its account: all or nothing."""
        with self.changed:
            if not self.closed:
                self._store.add(record, changed)
                self._executions[record.id] = record
                self.changed.notify_all()

    def save(self, *records: ExecutionRecord) -> None:
        """Write what changed in ``records``, all or nothing; nothing is written once the ledger is closed."""
        with self.changed:
            if not self.closed:
                for record in records:
                    record.updated = self._clock.now()
                self._store.save(records)
                self.changed.notify_all()

    def transition(self, pipeline: str, stage: str) -> Transition:
        """Report how the way into a stage stands."""
        return self._transitions.get((pipeline, stage), OPEN)

    def set_transition(self, pipeline: str, stage: str, transition: Transition) -> None:
        """Open or close the way into a stage."""
        with self.changed:
            if not self.closed:
                self._store.save_transition(pipeline, stage, transition)
                self._transitions[pipeline, stage] = transition
                self.changed.notify_all()

    def forget(self, pipeline: str) -> None:
        """Drop a deleted pipeline's history."""
        with self.changed:
            if not self.closed:
                self._store.forget(pipeline)
                self._executions = {key: each for key, each in self._executions.items() if each.pipeline != pipeline}
                self._transitions = {key: each for key, each in self._transitions.items() if key[0] != pipeline}
                self.changed.notify_all()

    def close(self) -> None:
        """Write nothing more: what is in progress is taken up at the next start."""
        with self.changed:
            self.closed = True
            self.changed.notify_all()
