"""`--review` makes the change set, says where it can be looked at, and changes nothing."""

from collections.abc import Callable

import pytest

from tests.delivery.deploy.test_recovery import body, settle
from tests.delivery.project import Document, Project, bucket, images, topic, waiting
from tests.delivery.proxy import aws_error, in_front_of


def test_a_review_keeps_the_change_set_and_prints_where_it_is(project: Project) -> None:
    name = project.stack("one", {"Topic": topic(display="before")})
    project.deploy()
    project.stack("one", {"Topic": topic(display="after")})

    result = project.deploy("--review")

    [kept] = project.waiting_change_sets("one")
    assert result.code == 0
    assert ".console." not in result.out
    assert f"describe-change-set --stack-name {name} --change-set-name {kept['ChangeSetName']}" in result.out
    assert f"--endpoint-url {project.endpoint}" in result.out
    assert project.status("one") == "CREATE_COMPLETE"


def test_a_review_of_a_first_deployment_stops_at_the_first_stack(project: Project) -> None:
    first = project.stack("one", {"Topic": topic()})
    second = project.stack("two", {"Topic": topic()}, needs=[first])

    result = project.deploy("--review")

    assert result.code == 0
    assert f"Review of {first}: nothing was changed" in result.out
    assert f"After it come {second}" in result.out
    assert project.status("one") == "REVIEW_IN_PROGRESS"


def test_a_review_passes_over_stacks_without_changes(project: Project) -> None:
    project.stack("one", {"Topic": topic()})
    project.deploy()
    second = project.stack("two", {"Topic": topic()})

    assert f"Review of {second}: nothing was changed" in project.deploy("--review").out


def test_a_review_needs_nobody_to_agree(project: Project) -> None:
    project.settings["unattended"] = False
    project.stack("one", {"Topic": topic()})

    assert project.deploy("--review").code == 0


def test_a_review_shows_losses_without_refusing(project: Project) -> None:
    project.stack("one", {"Images": images(project.name("old"))})
    project.deploy()
    project.stack("one", {"Images": images(project.name("new"))})

    result = project.deploy("--review")

    assert result.code == 0
    assert "hold data: that takes `bin/deploy --environment FILE --allow-replacement`." in result.out


def test_what_was_reviewed_can_be_deployed_afterwards(project: Project) -> None:
    name = project.stack("one", {"Topic": topic()})
    project.deploy("--review")

    [reviewed] = project.waiting_change_sets("one")

    result = project.deploy()

    assert result.code == 0, result.err
    assert f"{name}: a new stack" in result.out
    [made] = project.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    assert (made["StackStatus"], made["StackId"]) == ("CREATE_COMPLETE", reviewed["StackId"])


def failed_create(project: Project) -> str:
    """Have a first creation roll back, and protect what it left."""
    project.stack("one", {"Topic": topic(), **waiting(1, after="Topic")})
    project.deploy()
    project.client("cloudformation").update_termination_protection(
        StackName=project.name("one"), EnableTerminationProtection=True
    )
    return "a deployment would delete it, although it is protected, then create it again"


def failed_update(project: Project) -> str:
    """Have an update stop half-way, which made a bucket and changed a topic."""
    project.stack("one", {"Topic": topic()})
    project.deploy()
    half = {"Topic": topic(display="half"), "Files": bucket(project.name("files")), **waiting(1, after="Files")}
    project.client("cloudformation").update_stack(
        StackName=project.name("one"), TemplateBody=body(half), DisableRollback=True
    )
    settle(project, "one", "UPDATE_FAILED")
    return "a deployment would roll its last update back"


def colleagues_review(project: Project) -> str:
    """Leave the empty stack of somebody else's review."""
    project.client("cloudformation").create_change_set(
        StackName=project.name("one"),
        ChangeSetName="deploy-20260101-120000-abcdef",
        ChangeSetType="CREATE",
        Description="Made by bin/deploy run by somebody on elsewhere",
        TemplateBody=body({"Topic": topic()}),
    )
    return "a new stack, 1 added"


def picture(project: Project) -> list[Document]:
    """Return all that AWS tells of the stack, but for change sets of the review itself."""
    cloudformation, name = project.client("cloudformation"), project.name("one")
    [stack] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    others = [one for one in cloudformation.list_change_sets(StackName=name)["Summaries"] if "somebody" in str(one)]
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    resources = cloudformation.list_stack_resources(StackName=name)["StackResourceSummaries"]
    return [stack, *others, *events, *resources]


@pytest.mark.parametrize("unattended", [True, False])
@pytest.mark.parametrize("leave", [failed_create, failed_update, colleagues_review])
def test_a_review_changes_nothing_of_what_others_left(
    project: Project, leave: Callable[[Project], str], *, unattended: bool
) -> None:
    expected = leave(project)
    project.stack("one", {"Topic": topic(display="new")})
    project.settings["unattended"] = unattended
    before = picture(project)

    result = project.deploy("--review")

    assert (result.code, picture(project)) == (0, before), result.err
    assert expected in result.out
    assert result.out.splitlines()[-1].startswith("Nothing was changed.")


def test_a_review_says_what_a_deployment_would_refuse(project: Project) -> None:
    project.stack("one", {"Files": bucket(project.name("files")), **waiting(1, after="Files")})
    project.client("cloudformation").create_stack(
        StackName=project.name("one"),
        OnFailure="DO_NOTHING",
        TemplateBody=body({"Files": bucket(project.name("files")), **waiting(1, after="Files")}),
    )
    settle(project, "one", "CREATE_FAILED")

    result = project.deploy("--review")

    assert (result.code, project.status("one")) == (0, "CREATE_FAILED")
    assert "A deployment would refuse:" in result.out
    assert f"still has Files (AWS::S3::Bucket) {project.name('files')}" in result.out


def test_what_mends_is_not_done_without_agreement(project: Project) -> None:
    failed_create(project)
    project.stack("one", {"Topic": topic()})
    project.settings["unattended"] = False

    refused = project.deploy()
    status = project.status("one")
    agreed = project.deploy("--yes")

    assert (refused.code, status) == (2, "ROLLBACK_COMPLETE")
    assert "it is in ROLLBACK_COMPLETE; before anything else, a deployment would delete it" in refused.err
    assert agreed.code == 0, agreed.err
    assert f"{project.name('one')}: termination protection is off." in agreed.out


def test_a_review_replaces_its_own_older_change_sets_and_nobody_elses(project: Project) -> None:
    name = project.stack("one", {"Topic": topic(display="before")})
    project.deploy()
    for display in ("first", "second"):
        project.stack("one", {"Topic": topic(display=display)})
        assert project.deploy("--review").code == 0
        project.client("cloudformation").create_change_set(
            StackName=name, ChangeSetName=f"by-hand-{display}", TemplateBody=body({"Topic": topic(display="x")})
        )

    left = {one["ChangeSetName"] for one in project.waiting_change_sets("one")}
    assert {"by-hand-first", "by-hand-second"} < left
    assert len(left) == 3


def test_a_full_list_of_change_sets_is_a_sentence(project: Project) -> None:
    name = project.stack("one", {"Topic": topic(display="before")})
    project.deploy()
    project.stack("one", {"Topic": topic(display="after")})
    full = aws_error("LimitExceededException", "ChangeSet limit exceeded for stack")

    with in_front_of(project, lambda action: full if action == "CreateChangeSet" else None) as proxy:
        project.settings["endpoint_url"] = proxy.address
        result = project.deploy("--review")

    assert result.code == 2
    [sentence] = result.err.splitlines()
    assert f"stack {name}: AWS takes no more change sets of it (ChangeSet limit exceeded for stack)" in sentence
    assert f"list-change-sets --stack-name {name}" in sentence
