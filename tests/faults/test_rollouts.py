"""Deployments that shift traffic, bake and watch alarms, with clients that ask all the while."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from delivery.releases.model import rollouts
from tests.faults.shifting_service import RIGHTS, Clients, ShiftingService, awaiting, service, updating
from tests.local_aws.cloudformation.test_states import administrator_key
from tests.local_aws.tasks.conftest import check_docker
from tests.local_aws_fixture import LocalAws, local_aws_in
from tests.support.waiting import until

SHIFT = "PRODUCTION_TRAFFIC_SHIFT"
CANARY = {"Strategy": "CANARY", "CanaryConfiguration": {"CanaryPercent": 20, "CanaryBakeTimeInMinutes": 2}}
LINEAR = {"Strategy": "LINEAR", "LinearConfiguration": {"StepPercent": 40, "StepBakeTimeInMinutes": 1}}
BLUE_GREEN = {"Strategy": "BLUE_GREEN"}
ROLLING = {"Strategy": "ROLLING", "MinimumHealthyPercent": 100, "MaximumPercent": 200}
pytestmark = pytest.mark.timeout(240)


@pytest.mark.parametrize(
    ("strategy", "shares"),
    [(CANARY, [20.0]), (LINEAR, [40.0, 80.0]), (BLUE_GREEN, [])],
    ids=["canary", "linear", "blue-green"],
)
def test_traffic_is_shifted_step_by_step_and_no_request_fails(
    quick_aws: LocalAws, strategy: dict[str, Any], shares: list[float]
) -> None:
    configuration = {**strategy, "BakeTimeInMinutes": 2}
    with service(quick_aws, configuration) as made, Clients(made.address) as clients:
        for version in ("2", "3"):
            with updating(made, configuration, version) as ended:
                for share in shares:
                    made.wait_for(SHIFT, share)
                    assert clients.got[200, version] <= sum(clients.got.values())
                made.wait_for("BAKE_TIME", 100.0)
                assert len(made.ecs.list_tasks(cluster=made.stack.name)["taskArns"]) == 2, "the old task waits"
            assert ended.result() == "UPDATE_COMPLETE", made.stack.reasons()
            assert clients.ask() == (200, version)
        found = made.newest()
    assert (found["status"], found["lifecycleStage"]) == ("SUCCESSFUL", "CLEAN_UP")
    assert not clients.failures()


def test_a_rolling_deployment_bakes_without_its_old_tasks(quick_aws: LocalAws) -> None:
    configuration = {**ROLLING, "BakeTimeInMinutes": 2}
    with service(quick_aws, configuration) as made, Clients(made.address) as clients:
        with updating(made, configuration, "2") as ended:
            made.wait_for("BAKE_TIME", 100.0)
            until(lambda: len(made.ecs.list_tasks(cluster=made.stack.name)["taskArns"]) == 1, "the old task is gone")
            assert made.newest()["status"] == "IN_PROGRESS"
        assert ended.result() == "UPDATE_COMPLETE", made.stack.reasons()
        assert clients.ask() == (200, "2")
    assert not clients.failures()


@pytest.mark.parametrize(
    ("configuration", "most"),
    [(CANARY, 0.2), ({**ROLLING, "BakeTimeInMinutes": 3}, 1.0)],
    ids=["canary", "rolling"],
)
def test_an_alarm_rolls_back_what_answers_500(quick_aws: LocalAws, configuration: dict[str, Any], most: float) -> None:
    with service(quick_aws, configuration) as made, Clients(made.address) as clients:
        with updating(made, configuration, "2", sick=True) as ended:
            until(lambda: (500, "2") in clients.got, "an answer of the sick revision")
            before = sum(clients.got.values())
            until(lambda: made.newest()["status"].startswith("ROLLBACK"), "the roll-back")
            until(lambda: clients.ask() == (200, "1"), "the old revision")
            failed, asked = clients.got[500, "2"], sum(clients.got.values()) - before
        assert ended.result() == "UPDATE_ROLLBACK_COMPLETE"
        found = made.newest()
        alarm = f"{made.stack.name}-errors"
    # Of few requests the share is not exact.
    assert failed <= most * asked + 3 * (most * asked) ** 0.5 + 1
    assert set(clients.failures()) == {(500, "2")}
    assert alarm in made.stack.reasons()
    assert found["status"] in {"ROLLBACK_SUCCESSFUL", "SUCCESSFUL"}


def test_a_role_that_may_not_shift_traffic_fails_the_deployment(quick_aws: LocalAws) -> None:
    lacking = [action for action in RIGHTS if not action.endswith("ModifyRule")]
    configuration = {**BLUE_GREEN, "BakeTimeInMinutes": 0}
    with service(quick_aws, configuration) as made, Clients(made.address) as clients:
        with updating(made, configuration, "2", rights=lacking) as ended:
            pass
        assert ended.result() == "UPDATE_ROLLBACK_COMPLETE"
        assert "is not authorized to perform: elasticloadbalancing:ModifyRule" in made.stack.reasons()
    assert not clients.failures()


def test_the_aws_cli_stops_a_deployment_which_rolls_back(quick_aws: LocalAws) -> None:
    configuration = {**CANARY, "CanaryConfiguration": {"CanaryPercent": 5.5, "CanaryBakeTimeInMinutes": 100}}
    with service(quick_aws, configuration) as made, Clients(made.address) as clients:
        with updating(made, configuration, "2") as ended:
            made.wait_for(SHIFT, 5.5)
            seen = rollouts.last(target_of(made))[0]
            assert (seen.status, seen.stage, seen.share) == ("IN_PROGRESS", SHIFT, 5.5)
            arn = made.newest()["serviceDeploymentArn"]
            words = ("ecs", "stop-service-deployment", "--service-deployment-arn", arn, "--stop-type", "ROLLBACK")
            key = administrator_key(quick_aws)
            told = quick_aws.command("ecs", "describe-service-deployments", "--service-deployment-arns", arn, key=key)
            assert json.loads(told.stdout)["serviceDeployments"][0]["lifecycleStage"] == SHIFT, told.stderr
            stopped = quick_aws.command(*words, key=key)
            assert arn in stopped.stdout, stopped.stderr
            again = quick_aws.command(*words, key=key)
            assert "ConflictException" in again.stderr
        assert ended.result() == "UPDATE_ROLLBACK_COMPLETE"
        assert clients.ask() == (200, "1")
        seen = rollouts.last(target_of(made))[-1]
        assert (seen.status, seen.stage, seen.share) == ("ROLLBACK_SUCCESSFUL", "", None)
    assert not clients.failures()


def pausing(minutes: int) -> dict[str, Any]:
    hook = {
        "TargetType": "PAUSE",
        "LifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"],
        "TimeoutConfiguration": {"TimeoutInMinutes": minutes, "Action": "ROLLBACK"},
    }
    return {**BLUE_GREEN, "BakeTimeInMinutes": 0, "LifecycleHooks": [hook]}


@pytest.mark.parametrize(("action", "version"), [("CONTINUE", "2"), ("ROLLBACK", "1"), ("", "1")])
def test_a_pause_is_answered_by_the_aws_cli_or_times_out(quick_aws: LocalAws, action: str, version: str) -> None:
    configuration = pausing(100 if action else 3)
    with service(quick_aws, ROLLING) as made, Clients(made.address) as clients:
        with updating(made, configuration, "2") as ended:
            hook = awaiting(made)
            assert clients.ask() == (200, "1"), "the new tasks get no request yet"
            assert clients.ask(**{"x-try": "1"}) == (200, "2"), "but those of the test rule"
            arn = made.newest()["serviceDeploymentArn"]
            if action:
                words = ("--service-deployment-arn", arn, "--hook-id", hook["hookId"], "--action", action)
                key = administrator_key(quick_aws)
                answered = quick_aws.command("ecs", "continue-service-deployment", *words, key=key)
                assert arn in answered.stdout, answered.stderr
                again = quick_aws.command("ecs", "continue-service-deployment", *words, key=key)
                assert "No lifecycle hook of this id awaits an action" in again.stderr
        assert ended.result() == ("UPDATE_COMPLETE" if action == "CONTINUE" else "UPDATE_ROLLBACK_COMPLETE")
        assert clients.ask() == clients.ask(**{"x-try": "1"}) == (200, version)
    assert not clients.failures()


def target_of(made: ShiftingService) -> Any:
    """Return what `make status` would read the service's roll-outs from."""
    pipeline = SimpleNamespace(cluster=made.stack.name, ecs_service=made.stack.name, deployment_group="")
    return SimpleNamespace(aws=SimpleNamespace(ecs=made.ecs), pipeline=pipeline)


def test_a_revision_that_is_never_healthy_gets_no_request(quick_aws: LocalAws) -> None:
    configuration = {**BLUE_GREEN, "BakeTimeInMinutes": 0}
    with service(quick_aws, configuration) as made, Clients(made.address) as clients:
        with updating(made, configuration, "2", healthy=False) as ended:
            until(lambda: made.ecs.list_tasks(cluster=made.stack.name, desiredStatus="STOPPED")["taskArns"], "an end")
            assert made.newest()["lifecycleStage"] == "SCALE_UP"
            made.ecs.stop_service_deployment(serviceDeploymentArn=made.newest()["serviceDeploymentArn"])
        assert ended.result() == "UPDATE_ROLLBACK_COMPLETE"
        assert clients.ask() == (200, "1")
    assert set(clients.got) == {(200, "1")}


def test_a_deployment_takes_the_place_of_a_broken_one(quick_aws: LocalAws) -> None:
    configuration = {**BLUE_GREEN, "BakeTimeInMinutes": 0}
    with service(quick_aws, configuration) as made, Clients(made.address) as clients:
        made.deploy(VERSION="2", HEALTHY="no")
        until(lambda: made.ecs.list_tasks(cluster=made.stack.name, desiredStatus="STOPPED")["taskArns"], "an end")
        made.deploy(VERSION="3", HEALTHY="yes")
        until(lambda: made.newest()["status"] == "SUCCESSFUL", "the end of the deployment")
        assert clients.ask() == (200, "3")
    assert not clients.failures()


def test_a_service_goes_from_rolling_through_all_strategies_and_back(quick_aws: LocalAws) -> None:
    canary = {"Strategy": "CANARY", "CanaryConfiguration": {"CanaryPercent": 20, "CanaryBakeTimeInMinutes": 1}}
    with service(quick_aws, ROLLING) as made, Clients(made.address) as clients:
        # After four shifts the first target group serves again, as the rule of the rolling service has it.
        strategies: tuple[dict[str, Any], ...] = (canary, LINEAR, BLUE_GREEN, canary, ROLLING)
        for version, configuration in enumerate(strategies, 2):
            with updating(made, {**configuration, "BakeTimeInMinutes": 0}, str(version)) as ended:
                pass
            assert ended.result() == "UPDATE_COMPLETE", made.stack.reasons()
            assert clients.ask() == (200, str(version))
    assert not clients.failures()


def test_a_deployment_goes_on_after_a_kill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check_docker()
    monkeypatch.setenv("LOCAL_AWS_MINUTE", "4")
    with local_aws_in(tmp_path / "state") as aws, service(aws, {**CANARY, "BakeTimeInMinutes": 3}) as made:
        made.deploy(VERSION="2")
        for stage, share in ((SHIFT, 20.0), ("BAKE_TIME", 100.0), ("", 0.0)):
            # A kill ends the load balancer and the tasks, too: the clients come back once the new ones answer.
            until(lambda: all(Clients(made.address).ask()[0] == 200 for _ in range(30)), "answers")
            with Clients(made.address) as clients:
                if stage:
                    made.wait_for(stage, share)
                else:
                    until(lambda: made.newest()["status"] == "SUCCESSFUL", "the end of the deployment")
            assert not clients.failures()
            if stage:
                aws.kill()
                aws.start_again()
        assert clients.ask() == (200, "2")
