"""SIGTERM and lost output at one moment each; `tests/faults/test_ended_from_outside.py` has all moments."""

import os
import signal

from tests.delivery.project import Project, topic
from tests.delivery.terminal import on_terminal
from tests.faults.test_ended_from_outside import is_there, redirected


def test_sigterm_at_the_question_leaves_nothing(project: Project) -> None:
    project.stack("one", {"Topic": topic()})

    with on_terminal(project, "deploy") as terminal:
        terminal.wait_for("? [y]es")
        os.kill(terminal.process.pid, signal.SIGTERM)
        code = terminal.end()

    assert (code, is_there(project)) == (143, False)
    assert "Nothing was changed." in terminal.text


def test_a_pipe_that_nobody_reads_stops_it(project: Project) -> None:
    project.stack("one", {"Topic": topic()})

    result = redirected(project, "| true", "deploy")

    assert (result.returncode, is_there(project)) == (2, False)
    assert result.stderr.startswith("Standard output can't be written any more: Broken pipe. Nothing was changed.")
