"""What containers of tasks write, within MiniStack: it goes to the log events in batches, not line by line."""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from ministack.services import cloudwatch_logs, ecs

from local_aws.ministack.adapter import acting_in
from local_aws.services.logs.batches import Batches, Line


def send_in_batches() -> None:
    """Have the output of containers with the driver awslogs be sent so."""
    ecs._forward_awslogs = _forward


def _forward(container: Any, config: Mapping[str, Any], account: str, region: str) -> None:  # noqa: ANN401 - docker-py's
    def send(lines: Sequence[Line]) -> None:
        events = [{"timestamp": moment, "message": line} for moment, line in lines]
        with acting_in(account, region):
            cloudwatch_logs._put_log_events(
                {"logGroupName": config["group"], "logStreamName": config["stream"], "logEvents": events}
            )

    with acting_in(account, region):
        if not ecs._ensure_awslogs_stream(config):
            return
    batches = Batches(send, f"log {config['stream']}")
    latest = 0
    # The engine or the container may go at any time.
    with suppress(Exception):
        for chunk in container.logs(stream=True, follow=True, stdout=True, stderr=True):
            latest = max(latest, int(time.time() * 1000))
            batches.write([(latest, line) for line in chunk.decode("utf-8", "replace").splitlines()])
    batches.close()
