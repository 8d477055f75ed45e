"""Gates: who is held by one is told by what and what goes on, and so is who was ended by one."""

from tests.delivery.releases.release_project import PASSING, ReleaseProject

SELDOM = "* 0 0 29 2 ?"


def test_a_release_waits_for_its_window_or_goes_on_without_it(releases: ReleaseProject) -> None:
    releases.deploy(window=SELDOM)
    releases.run("release", "--no-wait")
    execution = releases.executions()[0]["pipelineExecutionId"]

    status = releases.until(lambda: "may not be entered yet" in releases.run("status").out and releases.run("status"))
    done = releases.run("override")

    assert "Stage Build may not be entered yet: Window (" in status.out
    assert f"is outside of the deployment window {SELDOM}. It waits for the window to open). `bin/ove" in status.out
    assert f"--execution {execution}` continues without that." in status.out
    assert done.code == 0, done.err
    assert f"execution {execution} continues without the condition before stage Build: Window (" in done.out
    assert releases.executions()[0]["status"] == "Succeeded"


def test_a_release_that_a_gate_ended_goes_on(releases: ReleaseProject) -> None:
    releases.deploy(entry_message="Wanted")
    releases.commit(PASSING, message="Another")

    failed = releases.run("release")
    done = releases.run("override", "--json")
    again = releases.run("override")

    assert failed.code == 1
    assert "Stage Build: its rule Message was not met: It is not true that 'Another' equals 'Wanted'." in failed.err
    assert "` goes on all the same." in failed.err
    assert done.code == 0, done.err
    (told,) = done.of_kind("overridden")
    assert (told["stage"], told["condition"]) == ("Build", "BEFORE_ENTRY")
    assert again.code == 2
    assert again.err == f"{releases.name}: no condition is in the way of anything.\n"
