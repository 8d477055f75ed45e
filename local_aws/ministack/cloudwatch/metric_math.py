"""Alarms on several metrics and an expression, which MiniStack refuses in stacks and forgets in requests.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import partial
from typing import Any

from ministack.services import cloudwatch
from ministack.services.cloudformation import provisioners

from local_aws.ministack.adapter import Answer

Alarm = dict[str, Any]
Fault = Callable[[Mapping[str, Any]], str]
"""What is wrong with the metrics of a request for an alarm; empty where nothing is."""
QUERIES, BAND = "Metrics", "ThresholdMetricId"
_OF_ONE_METRIC = ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Unit")
_INSTEAD = {"MetricName": "-", "Namespace": "-"}
"""What MiniStack needs an alarm to have, and forgets again here."""


def accept_metric_queries(fault: Fault) -> None:
    """Have alarms keep their ``Metrics``, in stacks and through the API; what has a fault is refused."""
    provisioners._cw_metric_alarm_record = partial(_record, provisioners._cw_metric_alarm_record, fault)
    cloudwatch._put_metric_alarm = partial(_put, cloudwatch._put_metric_alarm, fault)


def _record(record: Callable[[str, Alarm], Alarm], fault: Fault, name: str, properties: Alarm) -> Alarm:
    """Return the alarm that a stack makes."""
    if BAND not in properties and not properties.get(QUERIES):
        return record(name, properties)
    if sentence := fault(properties):
        raise ValueError(sentence)
    others = {key: value for key, value in properties.items() if key not in {QUERIES, *_OF_ONE_METRIC}}
    made = record(name, {"Threshold": 0, **others, **_INSTEAD})
    return _with_queries(made, properties)


def _put(
    put: Callable[..., Answer],
    fault: Fault,
    params: Mapping[str, Any],
    cbor_data: Mapping[str, Any],
    is_cbor: bool,  # noqa: FBT001 - MiniStack's own signature
    is_json: bool = False,  # noqa: FBT001, FBT002 - the same
) -> Answer:
    """Answer PutMetricAlarm."""
    asked = cbor_data if is_cbor or is_json else _unflattened(params)
    if not asked.get(QUERIES):
        return put(params, cbor_data, is_cbor, is_json)
    if sentence := fault(asked):
        refused: Answer = cloudwatch._error("ValidationError", sentence, 400, use_json=is_json, use_cbor=is_cbor)
        return refused
    answer = put(params, cbor_data, is_cbor, is_json)
    alarm = cloudwatch._alarms.get(asked["AlarmName"])
    if alarm is not None and answer[0] < 400:  # noqa: PLR2004
        cloudwatch._evaluate_alarm(_with_queries(alarm, asked))
    return answer


def _with_queries(alarm: Alarm, asked: Mapping[str, Any]) -> Alarm:
    for name in _OF_ONE_METRIC:
        alarm.pop(name, None)
    alarm[QUERIES] = [_typed(deepcopy(query)) for query in asked[QUERIES]]
    if BAND in asked:
        alarm.pop("Threshold")
        alarm[BAND] = asked[BAND]
    return alarm


def _typed(query: Mapping[str, Any]) -> Alarm:
    """Return a query with numbers and truths where a template or a form has texts."""
    made = {name: value for name, value in query.items() if value is not None}
    for holder in (made, made.get("MetricStat")):
        if holder and "Period" in holder:
            holder["Period"] = int(holder["Period"])
    made["ReturnData"] = str(query.get("ReturnData", True)).lower() == "true"
    return made


def _unflattened(params: Mapping[str, Any]) -> Alarm:
    """Return a form's fields as what they stand for: ``Metrics.member.1.Id`` as an element of a list."""
    found: Alarm = {}
    for name, value in params.items():
        *path, last = name.split(".")
        place = found
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value[0] if isinstance(value, list) else value
    listed: Alarm = _lists(found)
    return listed


def _lists(tree: Any) -> Any:  # noqa: ANN401 - a text, or what is made of texts
    if not isinstance(tree, dict):
        return tree
    if set(tree) == {"member"}:
        return [_lists(tree["member"][number]) for number in sorted(tree["member"], key=int)]
    return {name: _lists(value) for name, value in tree.items()}
