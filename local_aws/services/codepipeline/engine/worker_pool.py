"""The actions and rules that run for one execution in one stage, each on its own thread until its record ends."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from local_aws.services.codepipeline.store.records import FAILED, IN_PROGRESS, TaskRecord


@dataclass
class Task:
    """A running task; ``cancelled`` tells its thread that the record has ended by other means."""

    record: TaskRecord
    deadline: float
    cancelled: threading.Event = field(default_factory=threading.Event)


class WorkerPool:
    """The tasks under way. Used by one thread, which holds the ledger's lock."""

    def __init__(self) -> None:
        self._tasks: dict[str, Task] = {}

    def start(self, task: Task, work: Callable[[Task], None]) -> None:
        """Run ``work`` on a thread."""
        self._tasks[task.record.id] = task
        threading.Thread(target=work, args=(task,), name=f"task-{task.record.name}", daemon=True).start()

    def settle(self, now: float) -> list[TaskRecord]:
        """End the tasks whose time is up, let go of those that have ended, and give the records of the former."""
        expired = []
        for task in list(self._tasks.values()):
            if task.record.status == IN_PROGRESS and now >= task.deadline:
                minutes = round((task.deadline - task.record.started) / 60)
                task.record.status = FAILED
                task.record.updated = now
                task.record.error_code = "TimeoutError"
                task.record.error_message = f"{task.record.name} did not end within its {minutes} minutes."
                expired.append(task.record)
            if task.record.status != IN_PROGRESS:
                task.cancelled.set()
                del self._tasks[task.record.id]
        return expired

    def next_deadline(self) -> float | None:
        """Report when the next task's time is up."""
        return min((task.deadline for task in self._tasks.values()), default=None)

    def cancel(self) -> None:
        """Tell every task that nobody waits for it any more."""
        for task in self._tasks.values():
            task.cancelled.set()
        self._tasks.clear()
