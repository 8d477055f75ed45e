"""What a service tells of a deployment that failed: its events, why its tasks stopped, what they wrote."""

from collections.abc import Sequence
from dataclasses import dataclass

from delivery.releases.model import deployed_service, stopped_tasks
from delivery.releases.model.target import Target


@dataclass(frozen=True)
class FailedDeployment:
    """``events`` and ``lines`` are for a person; ``said`` is where a cause is looked for, the most telling first."""

    events: Sequence[str]
    """The service's latest events, oldest first."""
    lines: Sequence[str]
    said: Sequence[str]


def read(target: Target) -> FailedDeployment:
    """Read what tells why the newest deployment of the service failed."""
    now = deployed_service.read(target)
    tasks = stopped_tasks.read(target)
    events = list(reversed(now.events)) if now else []
    stopped = [f"Task {task.id} stopped: {task.reason}" for task in tasks]
    written = tasks[0].lines if tasks else []
    lines = [*stopped]
    lines += ["The last lines that it wrote:", *(f"  {line}" for line in written)] if written else []
    return FailedDeployment(events, lines, ["\n".join(stopped), "\n".join(written), "\n".join(events)])
