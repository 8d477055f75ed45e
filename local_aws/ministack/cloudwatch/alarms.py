"""Alarms within MiniStack: the states that they get, and who hears of a change."""

import time
from collections.abc import Callable
from typing import Any

from ministack.core import responses
from ministack.services import cloudwatch

Alarm = dict[str, Any]


def judge_by(judge: Callable[[Alarm], None]) -> None:
    """Have ``judge`` look at an alarm where MiniStack would: after its metric got points, and when it is put."""
    cloudwatch._evaluate_alarm = judge


def judge_all(judge: Callable[[Alarm], None]) -> None:
    """Have ``judge`` look at every alarm of all accounts and regions."""
    for (account_id, region, _name), alarm in list(cloudwatch._alarms._data.items()):
        with responses.request_scope(account_id, region):
            judge(alarm)


def change_state(alarm: Alarm, state: str, reason: str) -> None:
    """Bring an alarm into a state, as CloudWatch does: its history, its actions and its parents hear of it."""
    before = alarm["StateValue"]
    if before == state:
        # Why there is no verdict is told even so: at first it is that the alarm is new.
        alarm["StateReason"] = reason if state == "INSUFFICIENT_DATA" else alarm["StateReason"]
        return
    alarm.update({"StateValue": state, "StateReason": reason, "StateUpdatedTimestamp": int(time.time())})
    cloudwatch._record_history(alarm["AlarmName"], before, state, reason)
    cloudwatch._dispatch_alarm_actions(alarm, before, state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)
