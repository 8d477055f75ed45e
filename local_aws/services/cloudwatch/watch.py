"""Looks at all alarms every second, and at one when its metric gets points."""

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Any

from local_aws.ministack.cloudwatch import alarms, points
from local_aws.services.cloudwatch.evaluation import can_be_evaluated, evaluate

_SECONDS_BETWEEN_LOOKS = 1.0
_LOGGER = logging.getLogger("local_aws")


class AlarmWatch:
    """Keeps alarms in the state that their metrics give them; a minute of theirs lasts ``minute`` seconds."""

    def __init__(self, minute: float) -> None:
        self._minute = minute
        self._looking: asyncio.Task[None] | None = None
        alarms.judge_by(self.judge)

    def judge(self, alarm: dict[str, Any]) -> None:
        """Bring one alarm of the running account and region into its state.

        One whose metric never got a point keeps its state, unless it says what that counts as: on AWS something would
        publish the metrics that nothing publishes here.
        """
        if not can_be_evaluated(alarm) or not (points.has_points(alarm) or _decides_without(alarm)):
            return
        verdict = evaluate(alarm, time.time(), self._minute, lambda begin, end: points.statistic_of(alarm, begin, end))
        if verdict is not None:
            alarms.change_state(alarm, verdict.state, verdict.reason)

    def start(self) -> None:
        """Begin to look, on the running event loop."""
        self._looking = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
            try:
                alarms.judge_all(self.judge)
            except Exception:
                _LOGGER.exception("Alarms could not be looked at")


def _decides_without(alarm: Mapping[str, Any]) -> bool:
    return alarm.get("TreatMissingData") in {"breaching", "notBreaching"}
