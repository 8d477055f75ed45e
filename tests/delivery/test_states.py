"""Some states of a stack; `tests/faults/test_every_state.py` has all of them, with every command."""

import pytest

from tests.delivery.project import Project, topic
from tests.delivery.states_of_stacks import assert_true, last_line, picture, stack_in


@pytest.mark.parametrize("state", ["CREATE_FAILED", "ROLLBACK_FAILED", "UPDATE_ROLLBACK_IN_PROGRESS"])
def test_a_review_and_a_deployment_that_nobody_agreed_to_change_nothing(project: Project, state: str) -> None:
    project.stack("one", {"Topic": topic(display="new")})
    project.settings["unattended"] = False
    with stack_in(project, state):
        before = picture(project)
        review = project.deploy("--review", "--wait-minutes", "0.02")
        refused = project.deploy("--wait-minutes", "0.02")

    for result in (review, refused):
        assert_true(project, state, before, result)
        assert "Nothing was changed." in last_line(result)
    assert refused.code == 2


def test_a_deletion_that_fails_says_so(project: Project) -> None:
    project.stack("one", {"Topic": topic()})
    with stack_in(project, "DELETE_FAILED"):
        before = picture(project)
        result = project.run("destroy", "--confirm", project.name("one"))

    assert_true(project, "DELETE_FAILED", before, result)
    assert result.code == 1
