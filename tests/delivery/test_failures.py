"""A deployment that fails: the first cause, a hint, the state left behind."""

from tests.delivery.project import Project, topic, waiting


def test_a_failed_create_tells_cause_hint_and_state(project: Project) -> None:
    name = project.stack("one", {"Topic": topic(), **waiting(1, after="Topic")})

    result = project.deploy()

    assert result.code == 1
    lines = result.err.splitlines()
    assert lines[0].startswith(f"{name}: it failed after")
    assert lines[0].endswith("and is in ROLLBACK_COMPLETE.")
    assert lines[1].startswith("First cause: Wait (AWS::CloudFormation::WaitCondition), CREATE_FAILED: ")
    assert lines[2].startswith("Hint: What was waited for did not happen in time")
    assert lines[-1].startswith(f"In all: {name}: its creation failed (ROLLBACK_COMPLETE). `bin/deploy ")
    assert lines[3] == "State: What was made was removed again; the next deployment clears the empty stack away itself."
    assert "cloudformation describe-stack-events --stack-name arn:aws" in lines[-2]


def test_a_failed_update_is_as_before_and_later_stacks_are_not_touched(project: Project) -> None:
    project.stack("one", {"Topic": topic(display="before")})
    project.deploy()
    project.stack("one", {"Topic": topic(display="after"), **waiting(1, after="Topic")})
    second = project.stack("two", {"Topic": topic()})

    result = project.deploy()

    assert result.code == 1
    assert "State: The stack is as it was before this update." in result.err
    assert project.status("one") == "UPDATE_ROLLBACK_COMPLETE"
    assert second not in result.out


def test_the_next_deployment_of_what_failed_goes_on(project: Project) -> None:
    project.stack("one", {"Topic": topic(display="before")})
    project.deploy()
    project.stack("one", {"Topic": topic(display="after"), **waiting(1, after="Topic")})
    project.deploy()
    project.stack("one", {"Topic": topic(display="after")})

    assert project.deploy().code == 0
    assert project.status("one") == "UPDATE_COMPLETE"


def test_machines_are_told_of_a_failure_too(project: Project) -> None:
    project.stack("one", waiting(1))

    result = project.deploy("--json")

    [problem] = result.of_kind("problem")
    assert (result.code, problem["failed"]) == (1, True)
    assert problem["sentences"][1].startswith("First cause: Wait")


def test_a_template_that_aws_does_not_take_is_refused_before_anything_is_changed(project: Project) -> None:
    project.stack("one", {"Topic": topic()})
    project.stack("two", {"Topic": {"Type": "AWS::No::SuchType"}})

    result = project.deploy()

    assert result.code == 2
    assert "Nothing was changed." in result.err
    assert "a new stack" not in result.out
