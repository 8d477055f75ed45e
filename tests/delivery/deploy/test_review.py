"""`--review` makes the change set, says where it can be looked at, and changes nothing."""

from urllib.parse import unquote

from tests.delivery.project import Project, images, topic


def test_a_review_keeps_the_change_set_and_prints_where_it_is(project: Project) -> None:
    name = project.stack("one", {"Topic": topic(display="before")})
    project.deploy()
    project.stack("one", {"Topic": topic(display="after")})

    result = project.deploy("--review")

    [kept] = project.waiting_change_sets("one")
    link = (
        "https://ca-central-1.console.aws.amazon.com/cloudformation/home?region=ca-central-1#/stacks/changesets/changes"
        f"?stackId={kept['StackId']}&changeSetId={kept['ChangeSetId']}"
    )
    assert result.code == 0
    assert link in unquote(result.out)
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
    assert "bin/deploy wants --allow-replacement for it." in result.out


def test_what_was_reviewed_can_be_deployed_afterwards(project: Project) -> None:
    name = project.stack("one", {"Topic": topic()})
    project.deploy("--review")

    result = project.deploy()

    assert result.code == 0, result.err
    assert (
        f"{name}: removing the empty stack that an earlier review left (REVIEW_IN_PROGRESS, with deploy-" in result.out
    )
    assert project.status("one") == "CREATE_COMPLETE"
