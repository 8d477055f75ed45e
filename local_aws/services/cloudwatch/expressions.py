"""What an alarm looks at: a metric, or several and an expression of metric math, with its value in one period.

Python's own grammar reads an expression once its words for "and" and "or" are Python's; nothing of it is run.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""

import ast
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from statistics import fmean
from typing import Any

Query = Mapping[str, Any]
"""A ``MetricDataQuery``: an id, and either a metric with its statistic or an expression."""
Value = float | None
"""None where a period has no datapoint."""

_CALCULATIONS: Mapping[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS: Mapping[type[ast.AST], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_TOGETHER: Mapping[str, Callable[[Sequence[float]], float]] = {"SUM": sum, "MAX": max, "MIN": min, "AVG": fmean}
"""Of several metrics: one value a period. Of one metric they would be a number over all periods."""
_WORDS = ((re.compile(r"\bAND\b|&&"), " and "), (re.compile(r"\bOR\b|\|\|"), " or "))


class NotEvaluatedError(Exception):
    """An alarm has what is not evaluated here; the message names it."""


def watched(queries: Sequence[Query]) -> Query:
    """Return the query that an alarm holds against its threshold."""
    return next(query for query in queries if query.get("ReturnData", True))


def value(queries: Sequence[Query], statistic: Callable[[Query], Value]) -> Value:
    """Return the value of the query that is watched.

    ``statistic`` takes a ``MetricStat`` and returns its statistic in the period. Raises ``NotEvaluatedError``.
    """
    return _Evaluation({query["Id"]: query for query in queries}, statistic).of(watched(queries)["Id"])


class _Evaluation:
    def __init__(self, queries: Mapping[str, Query], statistic: Callable[[Query], Value]) -> None:
        self._queries = queries
        self._statistic = statistic
        self._open: list[str] = []

    def of(self, name: str) -> Value:
        query = self._queries.get(name)
        if query is None or name in self._open:
            raise NotEvaluatedError(name)
        if "MetricStat" in query:
            return self._statistic(query["MetricStat"])
        self._open.append(name)
        found = self._one(_read(query["Expression"]))
        self._open.pop()
        return found

    def _one(self, node: ast.expr) -> Value:
        found: Value
        match node:
            case ast.Constant(value=int() | float() as number):
                found = float(number)
            case ast.Name(id=name):
                found = self.of(name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                found = _calculated(operator.sub, 0.0, self._one(operand))
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _CALCULATIONS:
                found = _calculated(_CALCULATIONS[type(sign)], self._one(left), self._one(right))
            case ast.Compare(left=left, ops=[sign], comparators=[right]) if type(sign) in _COMPARISONS:
                found = _calculated(_COMPARISONS[type(sign)], self._one(left), self._one(right))
            case ast.BoolOp(op=word, values=parts):
                found = _decided(word, [self._one(part) for part in parts])
            case ast.Call(func=ast.Name(id=name), args=parts, keywords=[]):
                found = self._called(name, parts, node)
            case _:
                raise NotEvaluatedError(ast.unparse(node))
        return found

    def _called(self, name: str, parts: Sequence[ast.expr], node: ast.expr) -> Value:
        match name, parts:
            case "IF", [_, _] | [_, _, _]:
                return _chosen(*(self._one(part) for part in parts))
            case "FILL", [series, ast.Constant() | ast.UnaryOp() as number]:
                return _filled(self._one(series), self._one(number))
            case _, [several] if name in _TOGETHER:
                known = [each for each in self._several(several) if each is not None]
                return float(_TOGETHER[name](known)) if known else None
        raise NotEvaluatedError(ast.unparse(node))

    def _several(self, node: ast.expr) -> list[Value]:
        match node:
            case ast.List(elts=parts):
                return [self._one(part) for part in parts]
            case ast.Call(func=ast.Name(id="METRICS"), args=[]):
                return [self.of(name) for name, query in self._queries.items() if "MetricStat" in query]
            case ast.Call(func=ast.Name(id="FILL"), args=[series, ast.Constant() | ast.UnaryOp() as number]):
                return [_filled(found, self._one(number)) for found in self._several(series)]
        raise NotEvaluatedError(ast.unparse(node))


@lru_cache(maxsize=256)
def _read(expression: str) -> ast.expr:
    text = expression
    for word, python in _WORDS:
        text = word.sub(python, text)
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise NotEvaluatedError(expression) from None


def _calculated(calculate: Callable[[float, float], float], left: Value, right: Value) -> Value:
    """Return the result of two datapoints: none where one lacks, or where a division is by zero."""
    if left is None or right is None:
        return None
    try:
        return float(calculate(left, right))
    except ArithmeticError:
        return None


def _decided(word: ast.boolop, parts: Sequence[Value]) -> Value:
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    return float(all(known) if isinstance(word, ast.And) else any(known))


def _filled(found: Value, instead: Value) -> Value:
    return instead if found is None else found


def _chosen(condition: Value, then: Value, otherwise: Value = None) -> Value:
    if condition is None:
        return None
    return then if condition else otherwise


Alarm = Mapping[str, Any]
_ID = re.compile(r"[a-z][A-Za-z0-9_]*")
_BASIC = frozenset({"SampleCount", "Average", "Sum", "Minimum", "Maximum"})
_PERCENTILE = re.compile(r"p\d{1,2}(\.\d+)?|p100")
_OF_ONE_METRIC = ("Namespace", "MetricName", "Dimensions", "Period", "Unit", "Statistic", "ExtendedStatistic")


def fault(alarm: Alarm) -> str:
    """Return what is wrong with an alarm's ``Metrics``, as CloudWatch refuses it; empty where nothing is."""
    queries: Sequence[Query] = alarm.get("Metrics") or ()
    beside = [name for name in _OF_ONE_METRIC if alarm.get(name)]
    if beside:
        return f"{beside[0]} must not be set when Metrics is."
    ids = [str(query.get("Id", "")) for query in queries]
    for name, query in zip(ids, queries, strict=True):
        if not _ID.fullmatch(name) or ids.count(name) > 1:
            return f"Invalid metrics list: {name!r} is not an id, which begins with a small letter and is there once."
        if ("MetricStat" in query) == ("Expression" in query):
            return f"Invalid metrics list: {name} must have either MetricStat or Expression."
    returned = sum(str(query.get("ReturnData", True)).lower() == "true" for query in queries)
    if returned != 1 and "ThresholdMetricId" not in alarm:
        return "Exactly one element of the metrics list should return data."
    return ""


def metrics(alarm: Alarm) -> list[dict[str, Any]]:
    """Return each metric of an alarm with its ``Statistic``; raises ``NotEvaluatedError``."""
    if "Metrics" not in alarm:
        return [metric({"Metric": alarm, "Stat": alarm.get("ExtendedStatistic") or alarm.get("Statistic")})]
    return [metric(query["MetricStat"]) for query in alarm["Metrics"] if "MetricStat" in query]


def metric(stat: Mapping[str, Any]) -> dict[str, Any]:
    """Return a ``MetricStat`` as one metric with its ``Statistic``; raises ``NotEvaluatedError``."""
    statistic = str(stat.get("Stat") or "Average")
    if statistic not in _BASIC and not _PERCENTILE.fullmatch(statistic):
        raise NotEvaluatedError(statistic)
    return {
        **{name: stat["Metric"].get(name) for name in ("Namespace", "MetricName", "Dimensions")},
        "Statistic": statistic,
    }


def period(alarm: Alarm) -> float:
    """Return the seconds of an alarm's periods; raises ``NotEvaluatedError`` where its metrics have several."""
    if "Metrics" not in alarm:
        return float(alarm.get("Period") or 60)
    found = {
        int(holder["Period"])
        for query in alarm["Metrics"]
        for holder in (query, query.get("MetricStat", {}))
        if "Period" in holder
    }
    if len(found) > 1:
        raise NotEvaluatedError(f"periods of {' and '.join(f'{one} s' for one in sorted(found))}")
    return float(found.pop() if found else 60)
