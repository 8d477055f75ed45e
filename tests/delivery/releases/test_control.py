"""Approving, stopping, retrying and rolling back, and what is said where there is nothing of the kind."""

import socket

import pytest

from proofs.rehearsal.local_account import free_port
from tests.delivery.project import Project
from tests.delivery.releases.pipeline_template import SERVICE
from tests.delivery.releases.release_project import PASSING, ReleaseProject
from tests.delivery.terminal import on_terminal
from tests.local_aws_fixture import LocalAws

IMAGE = "registry.example/web@sha256:"


def test_an_approval_is_waited_for_given_and_kept(releases: ReleaseProject) -> None:
    releases.deploy(approval=True)
    releases.run("release", "--no-wait")
    execution = releases.executions()[0]["pipelineExecutionId"]
    releases.wait_until_asked()

    status = releases.run("status")
    done = releases.run("approve", "--summary", "Looks good")
    followed = releases.run("release", "--follow", execution)

    assert "Approve waits for a person: `bin/approve --environment" in status.out
    assert done.code == 0, done.err
    assert f"Approved Approve of {releases.name}, execution {execution[:8]}, commit" in done.out
    assert followed.code == 0, followed.err
    details = releases.client("codepipeline").list_action_executions(pipelineName=releases.name)
    summary = details["actionExecutionDetails"][0]["output"]["executionResult"]["externalExecutionSummary"]
    assert summary == "Looks good"


def test_an_answer_to_the_wrong_question_is_refused(releases: ReleaseProject) -> None:
    releases.deploy(approval=True)
    releases.run("release", "--no-wait")
    execution = releases.wait_until_asked()

    done = releases.run("approve", "--action", "Agree")

    assert done.code == 2
    assert f"no such approval waits for an answer; those that do: Approve of execution {execution[:8]}." in done.err


def test_a_release_is_stopped_and_stopping_twice_is_told(shared: ReleaseProject) -> None:
    shared.commit("sleep 30")
    shared.run("release", "--no-wait")
    execution = shared.wait_for_build()

    first = shared.run("stop", "--reason", "Wrong commit")
    second = shared.run("stop")
    third = shared.run("stop", "--abandon")
    followed = shared.run("release", "--follow", execution)
    fourth = shared.run("stop", "--execution", execution)

    assert f"Stopping execution {execution[:8]}: it stops as soon as Build / bake has ended." in first.out
    assert second.code == 2
    assert f"Execution {execution[:8]} is stopping already and waits for Build / bake; " in second.err
    assert third.code == 0, third.err
    assert "Build / bake is abandoned" in third.out
    assert followed.code == 1
    assert "was stopped before it was through, so it released nothing" in followed.err
    assert fourth.code == 2
    assert fourth.err == f"Nothing to stop: execution {execution[:8]} does not run any more; it is stopped.\n"


def test_a_failed_stage_is_retried_in_the_same_execution(shared: ReleaseProject) -> None:
    port = free_port()
    shared.commit(f"python3 -c \"import socket; socket.create_connection(('127.0.0.1', {port}))\"")
    failed = shared.run("release")

    with socket.create_server(("127.0.0.1", port)):
        done = shared.run("retry")
        again = shared.run("retry")

    assert failed.code == 1
    assert done.code == 0, done.err
    execution = shared.executions()[0]["pipelineExecutionId"]
    assert f"the failed actions of stage Build run once more in execution {execution[:8]}." in done.out
    assert "Failed" not in done.out
    assert again.code == 2
    assert again.err.startswith(f"Nothing to retry: execution {execution[:8]} succeeded; start a new release with ")


def test_several_that_run_must_be_told_apart(shared: ReleaseProject) -> None:
    shared.commit("sleep 30")
    shared.run("release", "--no-wait")
    first = shared.wait_for_build()
    shared.run("release", "--no-wait")

    done = shared.run("stop")
    retried = shared.run("retry", "--execution", first)
    for one in shared.executions():
        shared.run("stop", "--abandon", "--execution", one["pipelineExecutionId"])

    assert done.code == 2
    assert "several executions run; say with --execution which is meant" in done.err
    assert first[:8] in done.err
    assert f"Nothing to retry: execution {first[:8]} runs still" in retried.err


def test_a_release_that_waits_for_another_says_so(shared: ReleaseProject) -> None:
    shared.commit("sleep 2")
    shared.run("release", "--no-wait")
    first = shared.wait_for_build()
    shared.commit(PASSING)

    done = shared.run("release")

    assert done.code == 0, done.err
    assert f"Stage Build is taken by execution {first[:8]}; this one waits until it is through." in done.out


def test_a_closed_way_is_told_with_what_opens_it(shared: ReleaseProject) -> None:
    codepipeline = shared.client("codepipeline")
    way = {"pipelineName": shared.name, "stageName": "Build", "transitionType": "Inbound"}
    codepipeline.disable_stage_transition(**way, reason="Freeze")
    shared.run("release", "--no-wait")

    found = shared.until(lambda: "is closed by" in shared.run("status").out and shared.run("status"))
    codepipeline.enable_stage_transition(**way)

    assert "The way into stage Build is closed by " in found.out
    assert ": Freeze. Open it with `" in found.out
    assert f"--pipeline-name {shared.name} --stage-name Build`." in found.out


def image_of(releases: ReleaseProject) -> str:
    ecs = releases.client("ecs")
    (service,) = ecs.describe_services(cluster=releases.name, services=[SERVICE])["services"]
    definition = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
    return str(definition["containerDefinitions"][0]["image"])


def release_of(releases: ReleaseProject, message: str) -> str:
    """Return the id of the execution that released the commit of that message."""
    found = [one for one in releases.executions() if one["executionType"] == "STANDARD"]
    (wanted,) = [one for one in found if message in one["sourceRevisions"][0]["revisionSummary"]]
    return str(wanted["pipelineExecutionId"])


@pytest.fixture(scope="module")
def two_images(tmp_path_factory: pytest.TempPathFactory, local_aws: LocalAws) -> ReleaseProject:
    """Release two images to a service that wants no tasks, so that no container engine is needed."""
    releases = ReleaseProject(Project(tmp_path_factory.mktemp("two-images"), local_aws))
    releases.commit(PASSING)
    releases.deploy(service={})
    for letter in "ab":
        releases.commit_image(IMAGE + letter * 64, message=f"Image {letter}")
        done = releases.run("release")
        assert done.code == 0, done.err
        assert "the image is deployed, but the service asks for 0 tasks, so none runs" in done.out
    return releases


@pytest.fixture
def released_twice(two_images: ReleaseProject) -> ReleaseProject:
    """Return the two releases, with the second one deployed."""
    two_images.project.settings["unattended"] = True
    if image_of(two_images) != IMAGE + "b" * 64:
        two_images.run("rollback", "--to", release_of(two_images, "Image b"))
    return two_images


def test_a_roll_back_deploys_the_last_good_one(released_twice: ReleaseProject) -> None:
    newest, first = release_of(released_twice, "Image b"), release_of(released_twice, "Image a")

    done = released_twice.run("rollback")
    again = released_twice.run("rollback")

    assert "rolls stage Deploy back to commit" in done.out
    assert f"(Image a), execution {first[:8]} of " in done.out
    assert image_of(released_twice) == IMAGE + "a" * 64
    assert released_twice.executions()[0]["executionType"] == "ROLLBACK"
    assert again.code == 2
    assert f"no execution before {first[:8]}, which is deployed now, has succeeded in stage Deploy" in again.err
    forth = released_twice.run("rollback", "--to", newest)
    assert f"(Image b), execution {newest[:8]} of " in forth.out
    assert image_of(released_twice) == IMAGE + "b" * 64


def test_a_roll_back_is_asked_about(released_twice: ReleaseProject) -> None:
    released_twice.project.settings["unattended"] = False

    refused = released_twice.run("rollback")
    with on_terminal(released_twice.project, "rollback") as terminal:
        terminal.wait_for("[y]es, [n]o: ")
        terminal.type("perhaps")
        terminal.wait_for("Answer with y for yes or n for no.")
        terminal.type("n")
        code = terminal.end()

    assert refused.code == 2
    assert "there is no terminal to ask on; agree with --yes to rolling back web from commit" in refused.err
    assert code == 2
    assert "(Image b) to commit" in terminal.text
    assert "Not agreed to. Nothing was changed." in terminal.text
    assert image_of(released_twice) == IMAGE + "b" * 64


def test_a_roll_back_to_what_never_succeeded_is_refused(released_twice: ReleaseProject) -> None:
    releases = released_twice
    releases.commit("false")
    releases.run("release")
    failed = releases.executions()[0]["pipelineExecutionId"]

    done = releases.run("rollback", "--to", failed)

    assert done.code == 2
    assert f"--to: execution {failed} did not succeed in stage Deploy; allowed: " in done.err
