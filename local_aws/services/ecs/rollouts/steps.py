"""What a deployment goes through once its tasks are healthy: shares of the production traffic, each for a time.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/canary-deployment.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SCALE_UP, SHIFT, BAKE, CLEAN_UP = "SCALE_UP", "PRODUCTION_TRAFFIC_SHIFT", "BAKE_TIME", "CLEAN_UP"
"""Lifecycle stages as DescribeServiceDeployments names them."""
_SCALED, _TESTED = "POST_SCALE_UP", "POST_TEST_TRAFFIC_SHIFT"
_BEFORE_SHIFT, _SHIFTED = "PRE_PRODUCTION_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT"
PAUSES = (_SCALED, _TESTED, _BEFORE_SHIFT, _SHIFTED)
"""The stages at which hooks of type PAUSE wait here."""
ALL = 100.0

Configuration = Mapping[str, Any]
"""``deploymentConfiguration`` of a service."""


@dataclass(frozen=True)
class Step:
    """A lifecycle stage, the new revision's share of the production traffic in percent, and its length in minutes."""

    stage: str
    share: float
    minutes: float


def steps(configuration: Configuration) -> tuple[Step, ...]:
    """Return the steps in their order; none for a deployment that ends when its tasks are healthy."""
    shifts = tuple(_shifts(configuration))
    bake = float(configuration.get("bakeTimeInMinutes") or 0)
    if not shifts:
        return (Step(BAKE, ALL, bake),) if bake else ()
    paused = {stage for stage in PAUSES if hooks_at(configuration, stage)}
    found = [Step(stage, 0, 0) for stage in (_SCALED, _TESTED) if stage in paused]
    for shift in shifts:
        if _BEFORE_SHIFT in paused:
            found.append(Step(_BEFORE_SHIFT, found[-1].share if found else 0, 0))
        found.append(shift)
    if _SHIFTED in paused:
        found.append(Step(_SHIFTED, ALL, 0))
    return (*found, Step(BAKE, ALL, bake))


def hooks_at(configuration: Configuration, stage: str) -> list[Mapping[str, Any]]:
    """Return the lifecycle hooks of a stage."""
    return [hook for hook in configuration.get("lifecycleHooks") or () if stage in (hook.get("lifecycleStages") or ())]


def not_run(configuration: Configuration) -> str:
    """Return which hook of a deployment is not run here, as a sentence; a deployment that has one can't go well."""
    for hook in configuration.get("lifecycleHooks") or ():
        if (hook.get("targetType") or "AWS_LAMBDA") != "PAUSE":
            return "a lifecycle hook that is a Lambda function, which the AWS on this machine does not run."
        for stage in hook.get("lifecycleStages") or ():
            if stage not in PAUSES:
                return f"a lifecycle hook at {stage}, where the AWS on this machine runs none."
    return ""


def shifts_traffic(configuration: Configuration) -> bool:
    """Return whether the new tasks get a target group of their own, and traffic by its weight."""
    return any(_shifts(configuration))


def alarm_names(configuration: Configuration) -> tuple[str, ...]:
    """Return the alarms that end a deployment."""
    alarms = configuration.get("alarms") or {}
    return tuple(alarms.get("alarmNames") or ()) if alarms.get("enable") else ()


def rolls_back_on_alarm(configuration: Configuration) -> bool:
    """Return whether an alarm brings the revision of before back; otherwise the deployment only fails."""
    return bool((configuration.get("alarms") or {}).get("rollback"))


def _shifts(configuration: Configuration) -> Iterator[Step]:
    strategy = configuration.get("strategy") or "ROLLING"
    if strategy == "CANARY":
        canary = configuration.get("canaryConfiguration") or {}
        share, minutes = _number(canary, "canaryPercent", 5), _number(canary, "canaryBakeTimeInMinutes", 10)
        if share < ALL:
            yield Step(SHIFT, share, minutes)
    if strategy == "LINEAR":
        linear = configuration.get("linearConfiguration") or {}
        share, minutes = _number(linear, "stepPercent", 10), _number(linear, "stepBakeTimeInMinutes", 6)
        number = 1
        while number * share < ALL:
            yield Step(SHIFT, round(number * share, 1), minutes)
            number += 1
    if strategy in {"BLUE_GREEN", "CANARY", "LINEAR"}:
        yield Step(SHIFT, ALL, 0)


def _number(configuration: Configuration, name: str, default: float) -> float:
    value = configuration.get(name)
    return default if value is None else float(value)
