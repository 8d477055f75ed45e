"""Each command where there is nothing for it to do, or nothing there at all."""

import pytest

from tests.delivery.releases.release_project import ReleaseProject

COMMANDS = ("release", "status", "logs", "approve", "retry", "rollback", "stop")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_pipeline_that_is_not_deployed(releases: ReleaseProject, command: str) -> None:
    entry = releases.entry("nowhere")
    releases.project.manifest["pipelines"] = [entry]
    releases.project.manifest["secrets"] = [{"service": entry["service"], "name": "/nowhere/URL"}]

    done = releases.run(command)

    assert done.code == 2
    assert (
        f"{releases.name}: there is no such pipeline in environment here; deploy it first with `bin/deploy" in done.err
    )
    assert (done.out, done.err.count("\n")) == ("", 1)


def test_before_the_first_release(releases: ReleaseProject) -> None:
    releases.deploy()
    never = f"{releases.name}: there has been no release yet; start one with `bin/release --environment"

    for command in ("logs", "approve", "retry"):
        done = releases.run(command)
        assert (done.code, done.err.startswith(never)) == (2, True), done.err
    for command in ("stop", "release --follow"):
        done = releases.run(*command.split())
        assert done.code == 2
        assert done.err.startswith(f"{releases.name}: no release runs; start one with ")
    status = releases.run("status")
    assert status.code == 0, status.err
    assert f"{releases.name}: never released; start with " in status.out
    rollback = releases.run("rollback")
    assert "no stage of it deploys, so nothing can be rolled back." in rollback.err


def test_after_a_good_release(shared: ReleaseProject) -> None:
    shared.run("release")
    execution = shared.executions()[0]["pipelineExecutionId"]

    approve = shared.run("approve")
    assert approve.code == 2
    assert approve.err == (
        f"{shared.name}: no approval waits for an answer; the state of execution {execution[:8]} is Succeeded.\n"
    )
    unknown = shared.run("logs", "--execution", "11111111-2222-3333-4444-555555555555")
    assert unknown.code == 2
    assert "it has no execution '11111111-2222-3333-4444-555555555555'; `bin/status" in unknown.err
    action = shared.run("logs", "--action", "Bake")
    assert action.err == "--action: found 'Bake'; allowed: bake.\n"
    tasks = shared.run("logs", "--task")
    assert tasks.code == 2
    assert tasks.err.startswith("web: no task of it runs or has stopped lately; ")


def test_the_service_is_named_where_there_are_several(releases: ReleaseProject) -> None:
    entry = releases.entry("nowhere")
    releases.project.manifest["pipelines"] = [entry, {**entry, "service": "worker"}]

    assert releases.run("status").err == "--service: there are several pipelines; say whose is meant: web, worker.\n"
    wrong = releases.run("status", "--service", "wbe")
    assert (wrong.code, wrong.err) == (2, "--service: found 'wbe'; allowed: web, worker.\n")


def test_a_project_without_pipelines(releases: ReleaseProject) -> None:
    done = releases.run("release")
    assert done.code == 2
    assert "manifest.json: it names no pipeline, so there is nothing to release." in done.err


def test_an_aws_that_does_not_answer(releases: ReleaseProject) -> None:
    releases.project.manifest["pipelines"] = [releases.entry("nowhere")]
    releases.project.settings["endpoint_url"] = "http://127.0.0.1:9"

    done = releases.run("status", "--json")

    assert done.code == 2
    assert "http://127.0.0.1:9 does not answer" in done.err
    assert done.of_kind("problem")[0]["failed"] is False


def test_a_working_tree_is_nothing_that_github_has(releases: ReleaseProject) -> None:
    releases.project.manifest["pipelines"] = [releases.entry("nowhere")]
    releases.project.settings["working_tree_revision"] = None

    done = releases.run("release", "--working-tree")

    assert done.code == 2
    assert "reads GitHub and not this machine" in done.err


@pytest.mark.parametrize("command", COMMANDS)
def test_help_needs_no_aws(releases: ReleaseProject, command: str) -> None:
    done = releases.run(command, "--help", AWS_CONFIG_FILE="/nonexistent")
    assert done.code == 0
    assert f"usage: bin/{command}" in done.out
