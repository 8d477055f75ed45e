"""What a deployment goes through once its tasks are healthy: shares of the production traffic, each for a time.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/canary-deployment.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SCALE_UP, SHIFT, BAKE, CLEAN_UP = "SCALE_UP", "PRODUCTION_TRAFFIC_SHIFT", "BAKE_TIME", "CLEAN_UP"
"""Lifecycle stages as DescribeServiceDeployments names them."""
RECONCILE, _UNSCALED, SCALED = "RECONCILE_SERVICE", "PRE_SCALE_UP", "POST_SCALE_UP"
_TEST, TESTED = "TEST_TRAFFIC_SHIFT", "POST_TEST_TRAFFIC_SHIFT"
_BEFORE_SHIFT, SHIFTED = "PRE_PRODUCTION_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT"
BEFORE_TASKS = (RECONCILE, _UNSCALED)
"""The stages before any new task starts."""
BETWEEN = (SCALED, _TEST, TESTED, _BEFORE_SHIFT, SHIFTED)
"""The stages, once tasks are healthy, that only hooks make last."""
PAUSE, PAUSES = "PAUSE", (*BEFORE_TASKS, SCALED, TESTED, _BEFORE_SHIFT, SHIFTED)
"""The stages at which a hook may be a pause."""
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
    hooked = {stage for stage in BETWEEN if hooks_at(configuration, stage)}
    found = [Step(stage, 0, 0) for stage in (SCALED, _TEST, TESTED) if stage in hooked]
    for shift in shifts:
        if _BEFORE_SHIFT in hooked:
            found.append(Step(_BEFORE_SHIFT, found[-1].share if found else 0, 0))
        found.append(shift)
    if SHIFTED in hooked:
        found.append(Step(SHIFTED, ALL, 0))
    return (*found, Step(BAKE, ALL, bake))


def hooks_at(configuration: Configuration, stage: str) -> list[Mapping[str, Any]]:
    """Return the lifecycle hooks of a stage."""
    return [hook for hook in configuration.get("lifecycleHooks") or () if stage in (hook.get("lifecycleStages") or ())]


def before_tasks(configuration: Configuration, *, replaces: bool) -> list[str]:
    """Return the stages with hooks that a deployment goes through before its tasks start.

    RECONCILE_SERVICE is there where the deployment ``replaces`` another one that goes on.
    """
    stages = BEFORE_TASKS if replaces else BEFORE_TASKS[1:]
    return [stage for stage in stages if shifts_traffic(configuration) and hooks_at(configuration, stage)]


def gets_test_traffic(stage: str) -> bool:
    """Return whether the new tasks get the test traffic at a stage."""
    return stage not in {*BEFORE_TASKS, SCALE_UP, SCALED}


def fault(configuration: Configuration) -> str:
    """Return which hook ECS does not take, empty where all are: AWS refuses the service, here its deployment ends."""
    for hook in configuration.get("lifecycleHooks") or ():
        for stage in hook.get("lifecycleStages") or ():
            if stage not in {*BEFORE_TASKS, *BETWEEN, SHIFT}:
                return f"a lifecycle hook at {stage}, which has none."
            if hook.get("targetType") == PAUSE and stage not in PAUSES:
                return f"a pause at {stage}, where ECS has Lambda functions alone."
        if hook.get("targetType") != PAUSE and not (hook.get("hookTargetArn") and hook.get("roleArn")):
            return "a lifecycle hook on Lambda without hookTargetArn or roleArn."
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
