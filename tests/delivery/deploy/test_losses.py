"""Replacing or removing what holds data is refused at first."""

from tests.delivery.project import Project, bucket, images, topic
from tests.delivery.proxy import in_front_of


def test_replacing_a_stateful_resource_is_refused_and_nothing_changes(project: Project) -> None:
    old, new = project.name("old"), project.name("new")
    name = project.stack("one", {"Images": images(old), "Topic": topic(display="before")})
    project.deploy()
    project.stack("one", {"Images": images(new), "Topic": topic(display="after")})

    result = project.deploy("--yes")

    assert result.code == 2
    assert f"{name}: Images (AWS::ECR::Repository) {old} would be replaced: its images are lost." in result.err
    assert "--allow-replacement" in result.err
    assert "Stateful resources that would be replaced or removed:" in result.out
    assert project.status("one") == "CREATE_COMPLETE"
    assert project.waiting_change_sets("one") == []


def test_replacing_a_stateful_resource_is_done_when_allowed(project: Project) -> None:
    old, new = project.name("old"), project.name("new")
    project.stack("one", {"Images": images(old)})
    project.deploy()
    project.stack("one", {"Images": images(new)})

    result = project.deploy("--allow-replacement")

    assert result.code == 0, result.err
    found = project.client("ecr").describe_repositories()["repositories"]
    names = [repository["repositoryName"] for repository in found]
    assert (old in names, new in names) == (False, True)


def test_a_stateful_resource_that_perhaps_is_replaced_is_refused_too(project: Project) -> None:
    project.stack("one", {"Images": images(project.name("old"))})
    project.deploy()
    project.stack("one", {"Images": images(project.name("new"))})

    def perhaps(_: str, body: str) -> str:
        return body.replace("<Replacement>True<", "<Replacement>Conditional<")

    with in_front_of(project, alter=perhaps) as proxy:
        project.settings["endpoint_url"] = proxy.address
        result = project.deploy("--yes")

    assert result.code == 2
    assert f"{project.name('old')} would perhaps be replaced: its images are lost." in result.err


def test_removing_a_stateful_resource_is_refused_and_done_when_allowed(project: Project) -> None:
    kept = project.name("files")
    name = project.stack("one", {"Files": bucket(kept), "Topic": topic()})
    project.deploy()
    project.stack("one", {"Topic": topic()})

    refused = project.deploy("--yes")
    allowed = project.deploy("--yes", "--allow-replacement")

    assert refused.code == 2
    assert f"{name}: Files (AWS::S3::Bucket) {kept} would be removed: its objects are lost." in refused.err
    assert allowed.code == 0


def test_removing_a_retained_resource_says_that_it_stays_outside_the_stack(project: Project) -> None:
    policies = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    project.stack("one", {"Kept": {**topic(), **policies}, "Topic": topic()})
    project.deploy()
    project.stack("one", {"Topic": topic()})

    result = project.deploy("--yes")

    assert result.code == 2
    assert "would be removed: it stays in the account, but outside the stack." in result.err


def test_replacing_what_holds_nothing_needs_no_leave(project: Project) -> None:
    project.stack("one", {"Topic": topic(project.name("old"))})
    project.deploy()
    project.stack("one", {"Topic": topic(project.name("new"))})

    result = project.deploy()

    assert result.code == 0, result.err
    assert f"TopicName: {project.name('old')} -> {project.name('new')}  (template; makes a new resource)" in result.out


def test_a_plan_for_machines_tells_the_losses(project: Project) -> None:
    project.stack("one", {"Images": images(project.name("old"))})
    project.deploy()
    project.stack("one", {"Images": images(project.name("new"))})

    result = project.deploy("--json")

    [plan] = result.of_kind("plan")
    assert [(change["action"], change["loss"]) for change in plan["resources"]] == [("replaced", "its images are lost")]
    [problem] = result.of_kind("problem")
    assert (result.code, problem["failed"]) == (2, False)
