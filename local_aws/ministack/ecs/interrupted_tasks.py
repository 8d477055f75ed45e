"""Tasks that ran when the process before this one died: their containers are gone, and the tasks say so."""

from ministack.core import responses
from ministack.services import ecs

_REASON = "The local AWS ended while this task ran, and its containers were removed."
_SCHEDULED = "service:"


def tell_why_tasks_stopped() -> None:
    """Give each task that was restored as stopped, and was not before, a time and a reason; call it before any runs."""
    now = responses.now_iso()
    for task in ecs._tasks.all_values():
        if task.get("lastStatus") == "STOPPED" and not task.get("stoppedAt"):
            scheduled = str(task.get("group", "")).startswith(_SCHEDULED)
            task.update(
                desiredStatus="STOPPED",
                stoppedAt=now,
                executionStoppedAt=now,
                stoppedReason=_REASON,
                stopCode="ServiceSchedulerInitiated" if scheduled else "EssentialContainerExited",
            )
            for container in task.get("containers", []):
                container["lastStatus"] = "STOPPED"
