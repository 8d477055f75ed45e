"""A service of real containers behind its load balancer: deployed without a gap, rolled back, its tasks replaced.

A task that ends is replaced within seconds, whoever ended it, and no request of a client fails for it.
"""

import time
from collections.abc import Callable

import pytest

from tests.local_aws.tasks.probe import Poller, Probe, docker
from tests.support.waiting import until

pytestmark = pytest.mark.slow

SECONDS = 10


def _container_of(task: str) -> str:
    listed = docker("ps", "--quiet", "--filter", f"label=com.amazonaws.ecs.task-arn={task}")
    return listed.stdout.strip()


def _remove(probe: Probe, task: str) -> None:
    del probe
    docker("rm", "--force", _container_of(task))


def _kill(probe: Probe, task: str) -> None:
    del probe
    docker("kill", _container_of(task))


def _stop(probe: Probe, task: str) -> None:
    probe.ecs.stop_task(cluster="probe", task=task, reason="a person wants it so")


def _running(probe: Probe) -> list[str]:
    arns = probe.ecs.list_tasks(cluster="probe", serviceName="probe")["taskArns"]
    tasks = probe.ecs.describe_tasks(cluster="probe", tasks=arns)["tasks"] if arns else []
    return [task["taskArn"] for task in tasks if task["lastStatus"] == "RUNNING"]


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("end", "reason"),
    [(_remove, "Essential container exited"), (_kill, "Essential container exited"), (_stop, "a person wants it so")],
)
def test_one_of_two_tasks_goes_and_is_replaced(probe: Probe, end: Callable[[Probe, str], None], reason: str) -> None:
    if probe.service()["desiredCount"] != 2:
        probe.deploy(probe.definition("1"), count=2)
    until(lambda: probe.state() == ("COMPLETED", 2) and probe.targets() == 2, "two tasks that are well")
    before = _running(probe)
    with Poller(probe, pause=0.02) as poller:
        began = time.monotonic()
        end(probe, before[0])
        until(lambda: before[0] not in _running(probe), "the end of the task")
        until(lambda: len(_running(probe)) == 2, "its replacement")
        took = time.monotonic() - began
        time.sleep(1)
    assert took < SECONDS
    assert {status for status, _text in poller.got} == {200}, "a client saw a failed request"
    assert before[1] in _running(probe), "the other one runs on"
    (stopped,) = probe.ecs.describe_tasks(cluster="probe", tasks=[before[0]])["tasks"]
    assert (stopped["lastStatus"], stopped["stoppedReason"]) == ("STOPPED", reason)
    service = probe.service()
    assert (service["runningCount"], service["desiredCount"], service["pendingCount"]) == (2, 2, 0)


@pytest.mark.timeout(600)
def test_a_service_lives_through_good_and_bad_deployments(probe: Probe) -> None:
    probe.deploy(probe.definition("1"))
    until(lambda: probe.state() == ("COMPLETED", 1), "the first deployment")
    assert probe.get() == (200, "1!"), "the secret was read by the execution role"
    with Poller(probe) as poller:
        probe.deploy(probe.definition("2"))
        until(lambda: probe.state() == ("COMPLETED", 1) and probe.get() == (200, "2!"), "the second deployment")
        until(lambda: len(probe.service()["deployments"]) == 1, "the end of the first deployment's task")
        good = probe.service()["taskDefinition"]
        probe.deploy(probe.definition("3", status=500))
        until(lambda: probe.service()["taskDefinition"] == good, "the roll-back")
        until(lambda: probe.state() == ("COMPLETED", 1), "the end of the roll-back")
        until(lambda: len(probe.service()["deployments"]) == 1, "the end of the failed deployment")
    assert {status for status, _text in poller.got} == {200}, "a client saw a failed request"
    assert poller.got[0] == (200, "1!")
    assert poller.got[-1] == (200, "2!")
    assert any("health checks" in reason for reason in probe.stopped_reasons())


@pytest.mark.timeout(300)
def test_a_sick_revision_that_a_good_one_replaces_costs_no_request(probe: Probe) -> None:
    probe.deploy(probe.definition("1"))
    until(lambda: probe.state() == ("COMPLETED", 1) and len(probe.service()["deployments"]) == 1, "a good revision")
    with Poller(probe, pause=0.02) as poller:
        probe.deploy(probe.definition("2", status=500))
        until(lambda: len(_running(probe)) == 2, "a task of the sick revision")
        probe.deploy(probe.definition("3"))
        until(lambda: probe.state() == ("COMPLETED", 1) and probe.get() == (200, "3!"), "the good revision after it")
        time.sleep(1)
    assert {status for status, _text in poller.got} == {200}, "a client saw a failed request"
    newest = probe.ecs.list_service_deployments(cluster="probe", service="probe")["serviceDeployments"]
    assert [one["status"] for one in newest[:2]] == ["SUCCESSFUL", "STOPPED"]


@pytest.mark.timeout(600)
def test_a_role_without_the_right_to_a_secret_starts_nothing(probe: Probe) -> None:
    probe.deploy(probe.definition("4", role="blind"))
    wanted = "is not authorized to perform: ssm:GetParameters"
    until(lambda: any(wanted in reason for reason in probe.stopped_reasons()), "the refusal")
    probe.deploy(probe.service()["taskDefinition"], count=0)


@pytest.mark.timeout(600)
def test_a_secret_that_is_not_there_is_named(probe: Probe) -> None:
    probe.deploy(probe.definition("5", word="/probe/missing"))
    reason = "unable to retrieve secrets from ssm: invalid parameters: /probe/missing"
    until(lambda: any(reason in stopped for stopped in probe.stopped_reasons()), "a task that does not start")
