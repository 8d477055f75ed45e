"""Looks at all alarms every second, and at one when its metric gets points; counts the targets once a period."""

import asyncio
import logging
import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from local_aws.ministack.cloudwatch import alarms, metric_math
from local_aws.ministack.load_balancing import counting
from local_aws.services.cloudwatch import expressions
from local_aws.services.cloudwatch.evaluation import UNKNOWN, Verdict, can_be_evaluated, evaluate
from local_aws.services.cloudwatch.expressions import fault, metric, metrics

_SECONDS_BETWEEN_LOOKS = 1.0
_UNCHECKED = "Unchecked: the AWS on this machine does not evaluate this part of the alarm"
_LOGGER = logging.getLogger("local_aws")


class AlarmWatch:
    """Keeps alarms in the state that their metrics give them; a minute of theirs lasts ``minute`` seconds."""

    def __init__(self, minute: float) -> None:
        self._minute = minute
        self._looking: asyncio.Task[None] | None = None
        alarms.judge_by(self.judge)
        metric_math.accept_metric_queries(fault)
        alarms.keep_values()

    def judge(self, alarm: dict[str, Any]) -> None:
        """Bring one alarm of the running account and region into its state.

        One whose metrics never got a point keeps its state, unless it says what that counts as: on AWS something would
        publish the metrics that nothing publishes here. One that is of a kind that is not evaluated says so.
        """
        try:
            verdict = self._verdict(alarm)
        except expressions.NotEvaluatedError as error:
            verdict = Verdict(UNKNOWN, f"{_UNCHECKED}: {error}")
        if verdict is not None:
            alarms.change_state(alarm, verdict.state, verdict.reason)

    def _verdict(self, alarm: dict[str, Any]) -> Verdict | None:
        if not can_be_evaluated(alarm):
            return Verdict(UNKNOWN, f"{_UNCHECKED}: {alarm.get('ComparisonOperator') or 'no comparison'}")
        verdict = evaluate(alarm, time.time(), self._minute, partial(_value, alarm))
        decided = alarm.get("TreatMissingData") in {"breaching", "notBreaching"}
        known = decided or any(alarms.has_points(one) for one in metrics(alarm))
        return verdict if known else None

    def start(self) -> None:
        """Begin to look, on the running event loop."""
        self._looking = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        counted = 0.0
        while True:
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
            try:
                if (interval := time.time() // self._minute) != counted:
                    counted = interval
                    counting.publish(self._minute)
                alarms.judge_all(self.judge)
            except Exception:
                _LOGGER.exception("Alarms could not be evaluated")


def _value(alarm: Mapping[str, Any], begin: float, end: float) -> float | None:
    """Return what an alarm looks at in that time: its metric's statistic, or the value of its expression."""
    if "Metrics" not in alarm:
        (only,) = metrics(alarm)
        return alarms.statistic_of(only, begin, end)
    return expressions.value(alarm["Metrics"], lambda stat: alarms.statistic_of(metric(stat), begin, end))
