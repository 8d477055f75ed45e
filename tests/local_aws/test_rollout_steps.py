"""The steps of a deployment, from the configuration of its service."""

from typing import Any

import pytest

from local_aws.services.ecs.rollouts.steps import before_tasks, fault, steps

SHIFT, BAKE = "PRODUCTION_TRAFFIC_SHIFT", "BAKE_TIME"


@pytest.mark.parametrize(
    ("configuration", "expected"),
    [
        ({}, []),
        ({"strategy": "ROLLING", "maximumPercent": 200}, []),
        ({"strategy": "ROLLING", "bakeTimeInMinutes": 5}, [(BAKE, 100, 5)]),
        ({"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 0}, [(SHIFT, 100, 0), (BAKE, 100, 0)]),
        ({"strategy": "CANARY", "bakeTimeInMinutes": 3}, [(SHIFT, 5, 10), (SHIFT, 100, 0), (BAKE, 100, 3)]),
        (
            {"strategy": "CANARY", "canaryConfiguration": {"canaryPercent": "0.1", "canaryBakeTimeInMinutes": 0}},
            [(SHIFT, 0.1, 0), (SHIFT, 100, 0), (BAKE, 100, 0)],
        ),
        (
            {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 33.3, "stepBakeTimeInMinutes": 2}},
            [(SHIFT, 33.3, 2), (SHIFT, 66.6, 2), (SHIFT, 99.9, 2), (SHIFT, 100, 0), (BAKE, 100, 0)],
        ),
        (
            {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 50.0}},
            [(SHIFT, 50, 6), (SHIFT, 100, 0), (BAKE, 100, 0)],
        ),
    ],
)
def test_steps(configuration: dict[str, Any], expected: list[tuple[str, float, float]]) -> None:
    assert [(one.stage, one.share, one.minutes) for one in steps(configuration)] == expected


def hooked(*stages: str, **more: Any) -> dict[str, Any]:
    hook = {"hookTargetArn": "arn:f", "roleArn": "arn:r", "lifecycleStages": list(stages), **more}
    return {"strategy": "CANARY", "lifecycleHooks": [hook]}


def test_hooks_have_steps_of_their_own_between_healthy_tasks_and_the_bake() -> None:
    stages = ("POST_SCALE_UP", "TEST_TRAFFIC_SHIFT", "PRE_PRODUCTION_TRAFFIC_SHIFT", SHIFT)
    assert [(one.stage, one.share) for one in steps(hooked(*stages))] == [
        ("POST_SCALE_UP", 0),
        ("TEST_TRAFFIC_SHIFT", 0),
        ("PRE_PRODUCTION_TRAFFIC_SHIFT", 0),
        (SHIFT, 5),
        ("PRE_PRODUCTION_TRAFFIC_SHIFT", 5),
        (SHIFT, 100),
        (BAKE, 100),
    ]


def test_hooks_before_the_tasks_are_stages_of_deployments_that_shift_traffic() -> None:
    configuration = hooked("RECONCILE_SERVICE", "PRE_SCALE_UP", "POST_SCALE_UP")
    assert before_tasks(configuration, replaces=False) == ["PRE_SCALE_UP"]
    assert before_tasks(configuration, replaces=True) == ["RECONCILE_SERVICE", "PRE_SCALE_UP"]
    assert before_tasks({**configuration, "strategy": "ROLLING"}, replaces=True) == []


@pytest.mark.parametrize(
    ("configuration", "words"),
    [
        ({}, ""),
        (hooked("PRE_SCALE_UP", SHIFT), ""),
        (hooked("PRE_SCALE_UP", targetType="PAUSE", hookTargetArn="", roleArn=""), ""),
        (hooked(SHIFT, targetType="PAUSE"), "a pause at PRODUCTION_TRAFFIC_SHIFT"),
        (hooked(BAKE), "a lifecycle hook at BAKE_TIME, which has none"),
        (hooked("PRE_SCALE_UP", roleArn=""), "without hookTargetArn or roleArn"),
    ],
)
def test_a_hook_that_ecs_does_not_take_is_told(configuration: dict[str, Any], words: str) -> None:
    assert words in fault(configuration)
    assert bool(words) == bool(fault(configuration))
