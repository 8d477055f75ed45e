"""Changes made by hand: what `bin/deploy` says of them, with and without ``--drift``."""

from tests.delivery.project import Project, topic
from tests.local_aws.cloudformation.test_states import administrator


def deployed(project: Project) -> str:
    name = project.stack("one", {"Topic": topic(project.name("topic")), "Other": topic(project.name("other"))})
    assert project.deploy().code == 0
    return name


def arn(project: Project, topic_name: str) -> str:
    return f"arn:aws:sns:ca-central-1:000000000000:{project.name(topic_name)}"


def test_without_drift_it_says_what_was_compared(project: Project) -> None:
    name = deployed(project)
    administrator(project.aws, "sns").set_topic_attributes(
        TopicArn=arn(project, "topic"), AttributeName="DisplayName", AttributeValue="by hand"
    )

    done = project.deploy()

    assert done.code == 0
    assert f"{name}: nothing to change." in done.out
    assert "--drift looks for changes made by hand" in done.out


def test_with_drift_each_changed_property_and_deleted_resource_is_shown(project: Project) -> None:
    name = deployed(project)
    clean = project.deploy("--drift")
    administrator(project.aws, "sns").set_topic_attributes(
        TopicArn=arn(project, "topic"), AttributeName="DisplayName", AttributeValue="by hand"
    )
    administrator(project.aws, "sns").delete_topic(TopicArn=arn(project, "other"))

    done, told = project.deploy("--drift"), project.deploy("--drift", "--json")

    assert f"{name}: no changes by hand were detected." in clean.out
    assert done.code == 0
    assert f"{name}: changed by hand since its last deployment:" in done.out
    assert "/DisplayName: shown is now by hand" in done.out
    assert "Other  AWS::SNS::Topic  deleted" in done.out
    [drift] = [line["drift"] for line in told.of_kind("notice") if "drift" in line]
    assert {(one["logical_id"], one["deleted"]) for one in drift} == {("Topic", False), ("Other", True)}


def test_a_review_shows_drift_and_changes_nothing(project: Project) -> None:
    name = deployed(project)
    administrator(project.aws, "sns").delete_topic(TopicArn=arn(project, "other"))

    done = project.deploy("--review", "--drift")

    assert "Other  AWS::SNS::Topic  deleted" in done.out
    assert f"{name}: nothing to change." in done.out
    assert project.status("one") == "CREATE_COMPLETE"


def test_a_stack_that_is_not_there_yet_has_no_drift(project: Project) -> None:
    name = project.stack("one", {"Topic": topic()})

    done = project.deploy("--drift")

    assert done.code == 0
    assert f"{name}: a new stack" in done.out
    assert "by hand" not in done.out
