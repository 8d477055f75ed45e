"""The local AWS is killed while a service is deployed: that goes on or is rolled back, and the service is well."""

import time

import pytest

from tests.local_aws.tasks.probe import Probe, docker
from tests.local_aws_fixture import LocalAws
from tests.support.waiting import until

pytest_plugins = ("tests.local_aws.tasks.conftest",)

SECONDS_TO_THE_KILL = (0.0, 1.5, 6.0)
"""At once; while the new task starts; and while both tasks run, or the old one ends."""


def _killed(aws: LocalAws, seconds: float) -> None:
    time.sleep(seconds)
    aws.kill()
    aws.start_again()


def _is_well(probe: Probe, definition: str, answer: str) -> bool:
    service = probe.service()
    return (
        service["taskDefinition"] == definition
        and [(one["rolloutState"], one["runningCount"]) for one in service["deployments"]] == [("COMPLETED", 1)]
        and probe.get() == (200, answer)
    )


def _containers() -> list[str]:
    return docker("ps", "--quiet", "--filter", "label=com.amazonaws.ecs.task-definition-family=probe").stdout.split()


@pytest.mark.timeout(500)
def test_a_killed_deployment_goes_on_or_is_rolled_back(aws: LocalAws, probe: Probe) -> None:
    good = probe.definition("0")
    probe.deploy(good)
    until(lambda: _is_well(probe, good, "0!"), "the first deployment")
    for number, seconds in enumerate(SECONDS_TO_THE_KILL, 1):
        good = probe.definition(str(number))
        probe.deploy(good)
        _killed(aws, seconds)
        until(lambda: _is_well(probe, good, f"{number}!"), f"deployment {number}, killed after {seconds} s")  # noqa: B023 - at once
    for seconds in SECONDS_TO_THE_KILL:
        probe.deploy(probe.definition("bad", status=500))
        _killed(aws, seconds)
        until(lambda: _is_well(probe, good, f"{len(SECONDS_TO_THE_KILL)}!"), f"the roll-back, killed after {seconds} s")
    _killed(aws, 0)
    until(lambda: _is_well(probe, good, f"{len(SECONDS_TO_THE_KILL)}!"), "the service after a kill in peace")
    until(lambda: len(_containers()) == 1, "the end of what the killed ones left")
