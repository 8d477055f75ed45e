"""Tells EventBridge of every change of state, from a thread of its own, so that no listener holds the engine up.

The events are those of https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html.
"""

import logging
import queue
import threading
from collections.abc import Callable, Mapping
from typing import Any

from local_aws.services.codepipeline.engine.plan import ActionPlan
from local_aws.services.codepipeline.store.records import ExecutionRecord

PIPELINE_EVENT = "CodePipeline Pipeline Execution State Change"
STAGE_EVENT = "CodePipeline Stage Execution State Change"
ACTION_EVENT = "CodePipeline Action Execution State Change"

EVENT_STATES = {"InProgress": "STARTED", "Cancelled": "CANCELED", "Skipped": "SUCCEEDED"}
"""The events' words where they are not the API's own in capitals."""

Publish = Callable[[str, Mapping[str, Any]], None]
"""Takes the event's detail type and its detail."""

log = logging.getLogger(__name__)


class Announcements:
    """A queue of events in the order in which they happened."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self._queue: queue.SimpleQueue[tuple[str, dict[str, Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="pipeline-announcements", daemon=True)

    def start(self) -> None:
        """Begin to publish."""
        self._thread.start()

    def stop(self) -> None:
        """Publish what is waiting and end."""
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout=2)

    def pipeline(self, execution: ExecutionRecord, state: str) -> None:
        """Report an execution's state."""
        self._queue.put((PIPELINE_EVENT, _detail(execution, state)))

    def stage(self, execution: ExecutionRecord, stage: str, state: str) -> None:
        """Report a stage's state."""
        self._queue.put((STAGE_EVENT, {**_detail(execution, state), "stage": stage}))

    def action(self, execution: ExecutionRecord, stage: str, action: ActionPlan, state: str, action_id: str) -> None:
        """Report an action's state."""
        kind = {
            "owner": action.type.owner,
            "provider": action.type.provider,
            "category": action.type.category,
            "version": action.type.version,
        }
        more = {"stage": stage, "action": action.name, "action-execution-id": action_id, "type": kind}
        self._queue.put((ACTION_EVENT, {**_detail(execution, state), **more}))

    def _run(self) -> None:
        while (event := self._queue.get()) is not None:
            try:
                self._publish(*event)
            except Exception:
                log.exception("An event of pipeline %s was not published", event[1]["pipeline"])


def _detail(execution: ExecutionRecord, state: str) -> dict[str, Any]:
    return {
        "pipeline": execution.pipeline,
        "execution-id": execution.id,
        "version": execution.version,
        "state": EVENT_STATES.get(state, state.upper()),
    }
