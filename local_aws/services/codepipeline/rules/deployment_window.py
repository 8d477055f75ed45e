"""DeploymentWindow: passes while the time lies in the window that a cron expression describes.

Cron expressions have six or seven fields (seconds, minutes, hours, day of month, month, day of week, year) with ``*``
``?`` ``,`` ``-`` ``/``, ``L`` and ``W`` for a day of the month, ``L`` and ``#`` for a day of the week (1 is Sunday).

In an entry condition it waits until the window opens, as the page's note on its use beside alarms has it.
https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-DeploymentWindow.html
"""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from local_aws.services.codepipeline.engine.plan import BEFORE_ENTRY
from local_aws.services.codepipeline.engine.ports import ActionError, Progress, RuleContext, RuleResult

MONTH_NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
MONTHS = {name: number for number, name in enumerate(MONTH_NAMES, 1)}
WEEKDAYS = {"SUN": 1, "MON": 2, "TUE": 3, "WED": 4, "THU": 5, "FRI": 6, "SAT": 7}
SATURDAY, SUNDAY = 5, 6
"""As ``datetime.weekday`` counts them."""

FEWEST_FIELDS, MOST_FIELDS = 6, 7


class CronError(ValueError):
    """An expression can't be read."""


@dataclass(frozen=True)
class Field:
    """What a field may hold."""

    name: str
    least: int
    most: int
    names: Mapping[str, int]


SECONDS = Field("seconds", 0, 59, {})
MINUTES = Field("minutes", 0, 59, {})
HOURS = Field("hours", 0, 23, {})
DAYS = Field("day of month", 1, 31, {})
MONTH = Field("month", 1, 12, MONTHS)
WEEK = Field("day of week", 1, 7, WEEKDAYS)
YEARS = Field("year", 1970, 2199, {})


def matches(expression: str, moment: datetime) -> bool:
    """Return whether ``moment`` lies in a minute that ``expression`` describes; ``CronError`` if it can't be read."""
    fields = expression.split()
    if not FEWEST_FIELDS <= len(fields) <= MOST_FIELDS:
        raise CronError(f"{expression!r} has {len(fields)} fields; six or seven are needed.")
    seconds, minutes, hours, days, month, week = fields[:FEWEST_FIELDS]
    if seconds != "*":
        raise CronError(f"The field seconds is {seconds!r}; only * is allowed.")
    years = fields[FEWEST_FIELDS] if len(fields) == MOST_FIELDS else "*"
    verdicts = [
        _holds(MINUTES, minutes, moment.minute),
        _holds(HOURS, hours, moment.hour),
        _day_of_month(days, moment),
        _holds(MONTH, month, moment.month),
        _day_of_week(week, moment),
        _holds(YEARS, years, moment.year),
    ]
    return all(verdicts)


def _holds(field: Field, text: str, value: int) -> bool:
    parts = [_members(field, part) for part in text.upper().split(",")]
    return any(value in part for part in parts)


def _members(field: Field, part: str) -> range:
    """Return the numbers of one part: ``*``, ``5``, ``5-9``, ``MON-FRI``, ``0/15``, ``*/5``."""
    span, slash, step_text = part.partition("/")
    step = _number(field, step_text, {}, least=1) if slash else 1
    if span == "*":
        return range(field.least, field.most + 1, step)
    first_text, dash, last_text = span.partition("-")
    first = _number(field, first_text, field.names)
    last = _number(field, last_text, field.names) if dash else (field.most if slash else first)
    if last < first:
        raise CronError(f"The field {field.name} has the range {span}, whose end lies before its beginning.")
    return range(first, last + 1, step)


def _number(field: Field, text: str, names: Mapping[str, int], least: int | None = None) -> int:
    value = names.get(text, int(text) if text.isdecimal() else None)
    lowest = field.least if least is None else least
    if value is None or not lowest <= value <= field.most:
        raise CronError(f"The field {field.name} has {text!r}; allowed are {lowest} to {field.most}.")
    return value


def _day_of_month(text: str, moment: datetime) -> bool:
    if text == "?":
        return True
    last = calendar.monthrange(moment.year, moment.month)[1]
    upper = text.upper()
    if upper == "LW":
        return moment.day == _nearest_weekday(moment, last)
    if upper.startswith("L"):
        offset = _number(DAYS, upper[2:], {}, least=0) if upper.startswith("L-") else 0
        if upper not in ("L", f"L-{offset}"):
            raise CronError(f"The field day of month has {text!r}; L stands alone, as L-3 or as LW.")
        return moment.day == last - offset
    if upper.endswith("W"):
        return moment.day == _nearest_weekday(moment, min(_number(DAYS, upper[:-1], {}), last))
    return _holds(DAYS, text, moment.day)


def _nearest_weekday(moment: datetime, day: int) -> int:
    """Return the day from Monday to Friday that is nearest to ``day`` within the same month."""
    weekday = calendar.weekday(moment.year, moment.month, day)
    last = calendar.monthrange(moment.year, moment.month)[1]
    if weekday == SATURDAY:
        return day - 1 if day > 1 else day + 2
    if weekday == SUNDAY:
        return day + 1 if day < last else day - 2
    return day


def _day_of_week(text: str, moment: datetime) -> bool:
    if text == "?":
        return True
    today = (moment.weekday() + 1) % 7 + 1
    upper = text.upper()
    if upper == "L":
        return today == WEEKDAYS["SAT"]
    if upper.endswith("L"):
        last = calendar.monthrange(moment.year, moment.month)[1]
        return today == _number(WEEK, upper[:-1], WEEKDAYS) and moment.day + 7 > last
    if "#" in upper:
        day, _, nth = upper.partition("#")
        wanted = _number(Field("day of week", 1, 5, {}), nth, {})
        return today == _number(WEEK, day, WEEKDAYS) and (moment.day - 1) // 7 + 1 == wanted
    return _holds(WEEK, text, today)


POLL_SECONDS = 1.0


def deployment_window(context: RuleContext) -> RuleResult:
    """Return whether now is a time to deploy; before a stage is entered, wait for one."""
    result = _now(context)
    if context.condition == BEFORE_ENTRY and not result.passed:
        context.report(Progress(summary=f"{result.summary} It waits for the window to open."))
        while not (result := _now(context)).passed and not context.pause(POLL_SECONDS):
            pass
    return result


def _now(context: RuleContext) -> RuleResult:
    """Judge this moment, in the rule's time zone (UTC where none is given)."""
    name, expression = context.configuration.get("TimeZone", "UTC"), context.configuration["Cron"]
    try:
        moment = datetime.fromtimestamp(context.clock.now(), ZoneInfo(name))
        passed = matches(expression, moment)
    except (ZoneInfoNotFoundError, ValueError) as error:
        told = str(error) if isinstance(error, CronError) else f"{name!r} is not a time zone."
        raise ActionError("ConfigurationError", told) from error
    where = "in" if passed else "outside of"
    return RuleResult(passed, f"{moment:%Y-%m-%d %H:%M} {name} is {where} the deployment window {expression}.")
