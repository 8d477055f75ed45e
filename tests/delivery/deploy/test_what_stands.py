"""The last line of a run says what was changed, and what was not, as far as AWS has answered."""

import json

from tests.delivery.deploy.test_recovery import settle
from tests.delivery.project import Document, Project, bucket, topic, waiting
from tests.delivery.proxy import aws_error, in_front_of
from tests.delivery.terminal import on_terminal
from tests.delivery.test_interruption import begin_elsewhere
from tests.support.waiting import until


def two_changes(project: Project, second: Document) -> tuple[str, str]:
    """Deploy two stacks, and change both; the second to the resources given."""
    one = project.stack("one", {"Topic": topic(display="before")})
    two = project.stack("two", {"Topic": topic(display="before")})
    assert project.deploy().code == 0
    project.stack("one", {"Topic": topic(display="after")})
    project.stack("two", second)
    return one, two


def test_a_refusal_after_the_first_stack_says_what_was_changed(project: Project) -> None:
    one = project.stack("one", {"Topic": topic(display="before")})
    two = project.stack("two", {"Files": bucket(project.name("files"))})
    assert project.deploy().code == 0
    project.stack("one", {"Topic": topic(display="after")})
    project.stack("two", {"Topic": topic()})
    third = project.stack("three", {"Topic": topic()})

    result = project.deploy()

    last = result.err.splitlines()[-1]
    assert result.code == 1
    assert "run it again with --allow-replacement." in result.err
    assert "Nothing was changed" not in result.err
    assert last.startswith(
        f"In all: {one}: updated (UPDATE_COMPLETE); {two}: not changed (CREATE_COMPLETE); {third}: not reached. "
    )
    assert last.endswith("carries on from here.")
    assert (project.status("one"), project.status("two")) == ("UPDATE_COMPLETE", "CREATE_COMPLETE")


def test_somebody_elses_operation_on_a_later_stack_says_what_was_changed(project: Project) -> None:
    two = begin_elsewhere(project, 60)
    project.stacks.clear()
    one = project.stack("other", {"Topic": topic()})
    project.stack("one", {"Topic": topic()})

    result = project.deploy("--wait-minutes", "0.02")

    assert result.code == 1
    assert "Nothing was changed" not in result.err
    assert f"In all: {one}: created (CREATE_COMPLETE); {two}: not changed (UPDATE_IN_PROGRESS)." in result.err


def test_a_refusal_of_the_first_stack_says_that_nothing_was_changed(project: Project) -> None:
    one = project.stack("one", {"Files": bucket(project.name("files"))})
    project.deploy()
    project.stack("one", {"Topic": topic()})

    result = project.deploy()

    assert result.code == 2
    assert result.err.splitlines()[-1] == f"Nothing was changed. In all: {one}: not changed (CREATE_COMPLETE)."


def test_a_deletion_after_the_first_says_what_was_deleted(project: Project) -> None:
    one = project.stack("one", {"Topic": topic()})
    two = project.stack("two", {"Topic": {**topic(), "DeletionPolicy": "Retain"}})
    project.deploy()

    with on_terminal(project, "destroy", "--confirm", two) as terminal:
        terminal.wait_for(f"({one}): ")
        terminal.type("no")
        code = terminal.end()

    assert code == 1
    assert "sns delete-topic --topic-arn" in terminal.text
    assert f"In all: {two}: deleted (DELETE_COMPLETE); {one}: not changed (CREATE_COMPLETE)." in terminal.text


def test_contact_lost_in_the_second_stack_says_both(project: Project) -> None:
    one, two = two_changes(project, {"Topic": topic(display="after")})

    def expires(action: str) -> tuple[int, str] | None:
        begun = proxy.actions.count("ExecuteChangeSet") == 2 and action == "DescribeStackEvents"
        return aws_error("ExpiredToken", "The security token is expired", 403) if begun else None

    with in_front_of(project, expires) as proxy:
        project.settings["endpoint_url"] = proxy.address
        result = project.deploy()

    assert result.code == 1
    assert f"{two}: the operation runs on in AWS" in result.err
    assert f"In all: {one}: updated (UPDATE_COMPLETE); {two}: its update runs on." in result.err.splitlines()[-1]


def test_credentials_that_end_after_the_operation_hide_nothing(project: Project) -> None:
    name = project.stack("one", {"Topic": topic()})

    def expires(action: str) -> tuple[int, str] | None:
        return aws_error("ExpiredToken", "expired", 403) if action == "UpdateTerminationProtection" else None

    with in_front_of(project, expires) as proxy:
        project.settings["endpoint_url"] = proxy.address
        result = project.deploy()

    assert result.code == 1
    assert "runs on" not in result.err
    assert f"In all: {name}: created (CREATE_COMPLETE)." in result.err.splitlines()[-1]


def test_a_change_set_that_got_obsolete_says_that_somebody_else_deployed(project: Project) -> None:
    name = project.stack("one", {"Topic": topic(display="before")})
    project.deploy()
    project.stack("one", {"Topic": topic(display="after")})
    with on_terminal(project, "deploy") as terminal:
        terminal.wait_for("? [y]es")
        theirs = json.dumps({"Resources": {"Topic": topic(display="theirs")}})
        project.client("cloudformation").update_stack(StackName=name, TemplateBody=theirs)
        settle(project, "one", "UPDATE_COMPLETE")
        terminal.type("y")
        code = terminal.end()

    assert code == 2
    assert "somebody else has deployed this stack meanwhile." in terminal.text
    assert "Nothing was changed." in terminal.text
    assert project.waiting_change_sets("one") == []
    assert project.client("sns").list_topics()["Topics"]


def test_a_bucket_that_an_update_could_not_delete_is_listed(project: Project) -> None:
    files = project.name("files")
    name = project.stack("one", {"Topic": topic(), "Files": bucket(files)})
    project.deploy()
    project.client("s3").put_object(Bucket=files, Key="templates/one", Body=b"1")
    project.stack("one", {"Topic": topic()})

    result = project.deploy("--allow-replacement")

    assert result.code == 0, result.err
    assert f"{name}: Left behind: Files (AWS::S3::Bucket) {files}: " in result.out
    assert f"s3 rb --force s3://{files}" in result.out


def test_the_last_line_of_a_success_says_what_stands(project: Project) -> None:
    one, two = two_changes(project, {"Topic": topic(display="before")})

    changed, same = project.deploy(), project.deploy()

    assert changed.out.splitlines()[-1] == (
        f"In all: {one}: updated (UPDATE_COMPLETE); {two}: not changed (CREATE_COMPLETE)."
    )
    assert same.out.splitlines()[-1] == (
        f"Nothing was changed. In all: {one}: not changed (UPDATE_COMPLETE); {two}: not changed (CREATE_COMPLETE)."
    )


def test_a_roll_back_lists_what_it_could_not_delete(project: Project) -> None:
    name = project.stack("one", {"Topic": topic()})
    project.deploy()
    files = project.name("files")
    project.stack("one", {"Topic": topic(), "Files": bucket(files), **waiting(4, after="Files")})
    s3 = project.client("s3")
    with on_terminal(project, "deploy", "--yes") as terminal:
        until(lambda: files in [one["Name"] for one in s3.list_buckets()["Buckets"]], "the bucket")
        s3.put_object(Bucket=files, Key="templates/one", Body=b"1")
        code = terminal.end()

    assert code == 1
    assert f"Left behind: Files (AWS::S3::Bucket) {files}: " in terminal.text
    assert f"In all: {name}: its update failed (UPDATE_ROLLBACK_COMPLETE)." in terminal.text
