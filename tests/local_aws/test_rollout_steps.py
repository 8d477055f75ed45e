"""The steps of a deployment, from the configuration of its service."""

from typing import Any

import pytest

from local_aws.services.ecs.rollouts.steps import steps

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
