"""What stands before and after a deployment: when it may begin, what must hold, how long its alarms are watched."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from settings import formats
from settings.toml_table import Shape, Table
from settings.validation_errors import ValidationErrors

OPERATORS = ("EQ", "NE", "CONTAINS", "MATCHES")
MOST_CHECKS = 4
MOST_RULES = 5
"""Of a condition: the window is one, and each check, alarm, function and build is.

https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_Condition.html
"""
TIMES = ("before", "after")
_LONGEST_WATCH = 1440
_WINDOW = Shape(
    re.compile(r"\*( [0-9A-Za-z*?,/#-]{1,60}){5,6}"),
    'a cron expression of six or seven fields, the seconds first as *, such as "* * 9-16 ? * MON-FRI"',
)
"""https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-DeploymentWindow.html"""
_TIME_ZONE = Shape(
    re.compile(r"UTC|[A-Za-z_]{1,40}(/[A-Za-z0-9_+-]{1,40}){1,2}"), "UTC, or a Region/City of a time zone"
)
_VARIABLE = Shape(
    re.compile(r"#\{[A-Za-z0-9@_-]{1,100}\.[A-Za-z0-9@_-]{1,100}\}"),
    'a variable of the pipeline, such as "#{SourceVariables.CommitMessage}"',
)


@dataclass(frozen=True)
class VariableCheck:
    """What a variable of an execution must be for it to be deployed."""

    variable: str
    operator: str
    value: str


@dataclass(frozen=True)
class Asked:
    """A function, or else a build, whose end decides whether a deployment begins or stays."""

    function: str
    project: str
    """Of CodeBuild; empty where it is a function."""
    when: str


@dataclass(frozen=True)
class Gates:
    """The conditions of the stage Deploy; ``window`` is empty for a deployment at any time."""

    window: str
    time_zone: str
    checks: tuple[VariableCheck, ...]
    watch_minutes: int
    """How long the service's alarms are watched after a deployment; 0: not at all."""
    asked: tuple[Asked, ...] = ()


def read(table: Table) -> Gates:
    """Read ``[services.gates]``."""
    gates = Gates(
        window=table.take_text("window", _WINDOW, default=""),
        time_zone=table.take_text("time_zone", _TIME_ZONE, default="UTC"),
        checks=_read_checks(table),
        watch_minutes=table.take_integer("watch_minutes", 0, _LONGEST_WATCH, "minutes", default=0),
        asked=_read_asked(table),
    )
    table.close()
    return gates


def _read_asked(table: Table) -> tuple[Asked, ...]:
    asked = []
    for one in table.take_tables("asks"):
        names = (one.take_text("function", formats.FUNCTION_NAME, ""), one.take_text("project", formats.PROJECT, ""))
        if all(names) or not any(names):
            one.refuse_value("function", "both" if all(names) else "neither", "either a function or a project")
        asked.append(Asked(*names, when=one.take_choice("when", TIMES, TIMES[0])))
        one.close()
    return tuple(asked)


def _read_checks(table: Table) -> tuple[VariableCheck, ...]:
    checks = []
    for one in table.take_tables("checks"):
        checks.append(
            VariableCheck(
                variable=one.take_text("variable", _VARIABLE),
                operator=one.take_choice("operator", OPERATORS, "EQ"),
                value=one.take_text("value", formats.LINE),
            )
        )
        one.close()
    if len(checks) > MOST_CHECKS:
        table.refuse_value("checks", f"{len(checks)} of them", f"at most {MOST_CHECKS}")
    return tuple(checks)


def refuse_unwatchable(errors: ValidationErrors, services: Sequence[Gates], *, runtime: bool) -> None:
    """Note alarms that are to be watched and are not made here."""
    for number, gates in enumerate(services, 1):
        if gates.watch_minutes and not runtime:
            found = f"{gates.watch_minutes} minutes, and runtime.wanted = false: the service's alarms are not made here"
            errors.add(f"services[{number}].gates", "watch_minutes", found, "0")


def refuse_crowded(errors: ValidationErrors, services: Sequence[tuple[Gates, int]]) -> None:
    """Note more than a condition can hold. ``services``: the gates of each, and how many alarms it has."""
    for number, (gates, alarms) in enumerate(services, 1):
        others = (bool(gates.window) + len(gates.checks), alarms if gates.watch_minutes else 0)
        for when, there in zip(TIMES, others, strict=True):
            asked = sum(one.when == when for one in gates.asked)
            if asked and asked + there > MOST_RULES:
                beside = "the window and the checks" if when == TIMES[0] else "the alarms that are watched"
                found = f"{asked} {when} a deployment, and {there} of {beside}"
                errors.add(f"services[{number}].gates", "asks", found, f"{MOST_RULES} in all")
