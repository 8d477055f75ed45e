"""A release on a terminal, and one that is no longer watched."""

import signal
import subprocess

from tests.delivery.releases.release_project import ReleaseProject
from tests.delivery.terminal import on_terminal


def test_the_live_view_shows_logs_above_and_states_below(shared: ReleaseProject) -> None:
    shared.commit("printf '\\033[31mred\\033[0m \\033]0;title\\007words\\n'", "sleep 2", "echo the end")

    with on_terminal(shared.project, "release") as terminal:
        terminal.wait_for("words")
        terminal.wait_for("the end")
        code = terminal.end()

    assert code == 0
    assert "bake |\x1b[0m red words" in terminal.text
    assert "\x1b[31m" not in terminal.text
    assert "\x1b]0;" not in terminal.text
    assert "In progress" in terminal.text
    assert "BUILD" in terminal.text
    last = terminal.text.rpartition("\x1b[J")[2]
    assert f"{shared.name}: execution" in last
    assert "succeeded." in last


def test_ctrl_c_stops_watching_and_says_how_to_come_back(shared: ReleaseProject) -> None:
    shared.commit("sleep 3")
    process = subprocess.Popen(
        shared.project.command("release"),
        cwd=shared.project.folder,
        env=shared.project.variables(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        execution = shared.wait_for_build()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
        process.communicate()

    assert (process.returncode, err) == (130, "")
    assert f"--follow {execution[:8]}`; stop it with `bin/stop" in out
    followed = shared.run("release", "--follow", execution[:8])
    assert followed.code == 0, followed.err
    assert f"execution {execution[:8]} succeeded." in followed.out


def test_logs_grow_until_the_release_ends(shared: ReleaseProject) -> None:
    shared.commit("echo early", "sleep 2", "echo late")
    shared.run("release", "--no-wait")
    shared.wait_for_build()

    done = shared.run("logs", "--follow")

    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines.count("early") == 1
    assert lines.count("late") == 1
    once = shared.run("logs", "--action", "bake", "--json")
    assert [line["line"] for line in once.of_kind("log") if line["line"] in ("early", "late")] == ["early", "late"]
