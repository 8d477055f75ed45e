"""Failed releases: the action, the lines that matter, the likely cause and its remedy."""

import pytest

from tests.delivery.releases.pipeline_template import BUILD_RIGHTS
from tests.delivery.releases.release_project import ReleaseProject

JUNIT = (
    '<testsuite name="s"><testcase classname="tests.test_home" name="test_it_answers" time="1">'
    '<failure message="500">no</failure></testcase><testcase classname="tests.test_home" name="test_fine" time="1"/>'
    "</testsuite>"
)


def test_a_failed_command_is_told_with_its_phase_alone(shared: ReleaseProject) -> None:
    shared.commit_text(
        "version: 0.2\nphases:\n"
        "  install: {commands: [echo of the install phase]}\n"
        "  build: {commands: [echo the last words, exit 3]}\n"
        "  post_build: {commands: [echo of the post_build phase]}\n"
    )

    done = shared.run("release")

    assert done.code == 1
    execution = shared.executions()[0]["pipelineExecutionId"]
    assert f"execution {execution[:8]} failed." in done.out
    assert done.err.startswith("Build / bake failed: Build terminated with state: FAILED. Phase: BUILD")
    assert "ended FAILED in phase BUILD." in done.err
    assert "\n  the last words\n" in done.err
    assert "of the install phase" not in done.err
    assert "of the post_build phase" not in done.err
    assert f"--execution {execution[:8]}` tries the stage again." in done.err
    assert f"--execution {execution[:8]} --action bake`." in done.err


def test_failed_tests_are_named(shared: ReleaseProject) -> None:
    (shared.repository / "junit.xml").write_text(JUNIT)
    shared.commit("exit 1", rest="reports:\n  unit: {files: [junit.xml]}\n")

    done = shared.run("release", "--json")
    checked = {one["name"]: one for one in shared.run("doctor", "--json").of_kind("check")}

    assert done.code == 1
    assert checked["last execution"]["state"] == "not ok"
    assert "`bin/logs" in checked["last execution"]["remedy"]
    (problem,) = done.of_kind("problem")
    assert problem["failed"] is True
    assert "Failed tests: tests.test_home::test_it_answers." in problem["sentences"]
    assert "    500" in problem["sentences"]
    assert "Likely cause: Tests failed." in problem["sentences"]


def test_a_right_that_is_missing_is_named(shared: ReleaseProject) -> None:
    shared.commit_text(
        "version: 0.2\nenv: {parameter-store: {A: /shop/a}}\nphases: {build: {commands: [echo not reached]}}\n"
    )

    done = shared.run("release")

    assert done.code == 1
    assert "in phase DOWNLOAD_SOURCE." in done.err
    assert "is not authorized to perform: ssm:GetParameters" in done.err
    assert "Likely cause: The build's role may not read the parameters" in done.err
    assert "What to do: Grant ssm:GetParameters" in done.err
    assert "https://docs.aws.amazon.com/codebuild/latest/userguide/troubleshooting.html" in done.err


def test_a_buildspec_that_is_no_yaml_is_told(shared: ReleaseProject) -> None:
    shared.commit_text("version: 0.2\nphases: [")

    done = shared.run("release")

    assert done.code == 1
    assert "YAML_FILE_ERROR" in done.err
    assert "Likely cause: The buildspec is not there, or CodeBuild can't read it." in done.err


def test_a_connection_that_is_pending_is_refused_before_anything_starts(releases: ReleaseProject) -> None:
    releases.deploy(handshake=False)

    done = releases.run("release")

    assert done.code == 2
    assert f"its connection {releases.name} is PENDING, so no repository can be read. " in done.err
    assert "press Update pending connection" in done.err
    assert releases.executions() == []


def test_a_connection_of_a_local_aws_is_finished_by_a_command(releases: ReleaseProject) -> None:
    releases.deploy(handshake=False)
    releases.project.settings["connection_command"] = "bin/local-aws handshake"

    done = releases.run("release")

    assert done.code == 2
    assert "Run `bin/local-aws handshake`." in done.err


def test_a_release_that_is_rejected_has_failed(releases: ReleaseProject) -> None:
    releases.deploy(approval=True)
    releases.run("release", "--no-wait")
    execution = releases.executions()[0]["pipelineExecutionId"]
    releases.wait_until_asked()

    answered = releases.run("approve", "--reject", "--summary", "Not on a Friday")
    done = releases.run("release", "--follow", execution)

    assert answered.code == 0, answered.err
    assert "Rejected Approve of " in answered.out
    assert done.code == 1
    assert "Not on a Friday" in done.err
    assert "Likely cause: Somebody rejected it." in done.err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--commit", "no-such-commit"), "--commit: found 'no-such-commit', which is not a commit of this repository"),
        (("--commit", "0" * 40), f"No commit [{'0' * 40}] found"),
    ],
)
def test_a_commit_that_is_not_there(shared: ReleaseProject, words: tuple[str, ...], sentence: str) -> None:
    done = shared.run("release", *words)

    assert done.code in (1, 2)
    assert sentence in done.err


def test_a_log_that_may_not_be_written_is_told(releases: ReleaseProject) -> None:
    releases.deploy(build_rights=[right for right in BUILD_RIGHTS if not right.startswith("logs:")])

    done = releases.run("release")

    assert done.code == 1
    assert "in phase QUEUED." in done.err


def test_a_rule_that_was_not_met_is_told_where_no_action_failed(releases: ReleaseProject) -> None:
    releases.deploy(entry_message="Release this")

    done = releases.run("release")

    assert done.code == 1
    assert done.err.startswith("Stage Build: its rule Message was not met: ")


def test_a_release_that_a_newer_one_replaced_has_failed(releases: ReleaseProject) -> None:
    releases.deploy(mode="SUPERSEDED")
    way = {"pipelineName": releases.name, "stageName": "Build", "transitionType": "Inbound"}
    releases.client("codepipeline").disable_stage_transition(**way, reason="Freeze")
    releases.run("release", "--no-wait")
    first = releases.executions()[0]["pipelineExecutionId"]
    releases.until(lambda: "is closed by" in releases.run("status").out)
    releases.run("release", "--no-wait")

    done = releases.run("release", "--follow", first)

    assert done.code == 1
    assert (
        f"A newer execution took the place of {first[:8]} before it was through; follow it with `bin/release"
        in done.err
    )


def test_a_repository_that_is_gone_is_told(releases: ReleaseProject) -> None:
    releases.deploy()
    releases.repository.rename(releases.repository.with_name("elsewhere"))

    moved = releases.run("release")
    releases.repository.mkdir()
    emptied = releases.run("release")

    assert (moved.code, emptied.code) == (1, 1)
    assert f"The repository owner/shop is gone: {releases.repository} does not exist any more." in moved.err
    assert f"The repository owner/shop is gone: {releases.repository} is not a git repository any more." in emptied.err
    assert "The folder of repository owner/shop was removed or moved." in emptied.err
    assert "No Branch" not in moved.err + emptied.err
