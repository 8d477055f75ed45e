"""The last line of a command that followed an execution says what became of the image."""

import datetime as dt

import pytest

from delivery.releases.model.execution import Action, Attempt, Execution, Stage
from delivery.releases.operations.follow import what_became_of_the_image

NOW = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)
ACTIONS = {"Admit": ("Build", "CodeBuild"), "Deploy": ("Deploy", "ECS"), "Verify": ("Build", "CodeBuild")}


def ended(status: str, **attempts: str) -> Execution:
    """Make an execution of one stage, in which these actions ended so."""
    return Execution(
        pipeline="shop",
        id="5e0f9d1c-9b1e-4c53-8d5b-7a3b1c2d3e4f",
        status=status,
        reason="",
        type="STANDARD",
        trigger="",
        version=1,
        target="",
        revisions=[],
        stages=[Stage("Deploy", [Action("Deploy", name, *kind, {}) for name, kind in ACTIONS.items()])],
        attempts=[
            Attempt(name, "Deploy", name, ACTIONS[name][1], ACTIONS[name][0], state, NOW, NOW)
            for name, state in attempts.items()
        ],
    )


@pytest.mark.parametrize(
    ("execution", "said"),
    [
        (ended("Succeeded", Admit="Succeeded", Deploy="Succeeded", Verify="Succeeded"), ", its image is deployed"),
        (ended("Failed", Admit="Failed"), ", nothing of it was deployed"),
        (ended("Failed", Admit="Succeeded", Deploy="Failed"), ", its deployment failed"),
        (ended("Failed", Admit="Succeeded", Deploy="Succeeded", Verify="Failed"), ", after its image was deployed"),
        (ended("Stopped", Admit="Succeeded", Deploy="InProgress"), ", its image is not wholly deployed"),
    ],
)
def test_the_end_of_the_sentence(execution: Execution, said: str) -> None:
    assert what_became_of_the_image(execution) == said
