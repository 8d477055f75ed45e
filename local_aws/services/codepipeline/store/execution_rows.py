"""Executions and stage transitions in the database, so that they outlive the process, also when it is killed.

An execution is one JSON document; it is small (a few kilobytes) and always written as a whole.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from local_aws.platform.json_store import Records
from local_aws.services.codepipeline.store.records import ExecutionRecord
from local_aws.state.database import Database


@dataclass(frozen=True)
class Transition:
    """The way into a stage: open or closed, by whom, when (epoch seconds), why."""

    enabled: bool
    changed_by: str
    changed: float
    reason: str = ""


class ExecutionStore:
    """All of them. Its user holds a lock of his own around each call."""

    def __init__(self, database: Database) -> None:
        self._executions = Records(database, "pipelines/executions")
        self._transitions = Records(database, "pipelines/transitions")
        self._last = max((document["sequence"] for document in self._executions.all().values()), default=0)

    def executions(self) -> list[ExecutionRecord]:
        """Return every execution, oldest first."""
        return [ExecutionRecord.from_document(document) for document in self._executions.all().values()]

    def add(self, record: ExecutionRecord, changed: Iterable[ExecutionRecord] = ()) -> None:
        """Write a new execution, give it its number in the order of arrival, and write ``changed``: all or nothing."""
        self._last += 1
        record.sequence = self._last
        self.save([record, *changed])

    def save(self, records: Iterable[ExecutionRecord]) -> None:
        """Write the present state of ``records``: all of them or none."""
        self._executions.put_all({record.id: asdict(record) for record in records})

    def transitions(self) -> dict[tuple[str, str], Transition]:
        """Return the transitions that were ever changed, by pipeline and stage."""
        kept = self._transitions.all().values()
        return {(each["pipeline"], each["stage"]): Transition(**each["transition"]) for each in kept}

    def save_transition(self, pipeline: str, stage: str, transition: Transition) -> None:
        """Write how the way into ``stage`` stands."""
        document = {"pipeline": pipeline, "stage": stage, "transition": asdict(transition)}
        self._transitions.put(f"{pipeline}/{stage}", document)

    def forget(self, pipeline: str) -> None:
        """Remove all that is kept of a pipeline: it was deleted."""
        for records in (self._executions, self._transitions):
            records.delete(*(key for key, each in records.all().items() if each["pipeline"] == pipeline))
