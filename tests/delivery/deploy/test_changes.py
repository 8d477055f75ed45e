"""What `bin/deploy` shows and does when something changes, and when nothing does."""

import json

from tests.delivery.project import Project, images, topic


def test_a_first_deployment_creates_all_stacks_in_order(project: Project) -> None:
    first = project.stack(
        "first", {"Topic": topic()}, outputs={"Name": {"Value": "x", "Export": {"Name": project.name("first:Name")}}}
    )
    second = project.stack("second", {"Topic": topic(display={"Fn::ImportValue": f"{first}:Name"})}, needs=[first])

    result = project.deploy()

    assert result.code == 0, result.err
    assert result.out.index(f"{first}: a new stack, 1 added") < result.out.index(f"{second}: a new stack, 1 added")
    assert project.status("first") == project.status("second") == "CREATE_COMPLETE"
    assert "  Name  x" in result.out
    # No console shows what is not AWS.
    assert ".console." not in result.out


def test_a_second_deployment_has_nothing_to_change(project: Project) -> None:
    name = project.stack("one", {"Topic": topic()})
    project.deploy()
    before = project.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]

    result = project.deploy()

    assert result.code == 0
    assert f"{name}: nothing to change." in result.out
    assert project.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"] == before
    assert project.waiting_change_sets("one") == []


def test_one_change_is_shown_alone_and_applied(project: Project) -> None:
    name = project.stack("one", {"Topic": topic(display="before"), "Other": topic()})
    project.deploy()
    project.stack("one", {"Topic": topic(display="after"), "Other": topic()})

    result = project.deploy("--json")

    [plan] = result.of_kind("plan")
    [change] = plan["resources"]
    assert (change["action"], change["logical_id"]) == ("changed", "Topic")
    assert change["properties"] == [
        {"path": "DisplayName", "cause": "template", "before": "before", "after": "after", "replaces": False}
    ]
    assert project.status("one") == "UPDATE_COMPLETE"
    assert [line["stack"] for line in result.of_kind("notice") if line.get("changed")] == [name]


def test_a_changed_parameter_is_named_as_the_cause(project: Project) -> None:
    project.parameters = {"Colour": "red"}
    declared = {"Colour": {"Type": "String"}}
    project.stack("one", {"Topic": topic(display={"Ref": "Colour"}), "Other": topic()}, declared=declared)
    project.deploy()
    project.parameters = {"Colour": "blue"}

    result = project.deploy()

    assert "DisplayName  (parameter Colour)" in result.out
    assert "parameter Colour: red -> blue" in result.out
    assert "Other" not in result.out.partition("UPDATE_IN_PROGRESS")[0]


def test_a_value_given_for_one_stack_alone_comes_before_the_common_one(project: Project) -> None:
    project.parameters = {"Colour": "red"}
    declared = {"Colour": {"Type": "String"}}
    project.stack("one", {"Topic": topic(display={"Ref": "Colour"})}, declared=declared)
    name = project.stack("two", {"Topic": topic(display={"Ref": "Colour"})}, declared=declared)
    project.stack_parameters = {name: {"Colour": "green"}}

    project.deploy()

    described = project.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    assert described["Parameters"] == [{"ParameterKey": "Colour", "ParameterValue": "green"}]


def test_a_value_taken_out_of_the_environment_falls_back_to_the_default(project: Project) -> None:
    project.parameters = {"Colour": "red"}
    project.stack(
        "one", {"Topic": topic(display={"Ref": "Colour"})}, declared={"Colour": {"Type": "String", "Default": "grey"}}
    )
    project.deploy()
    project.parameters = {}

    assert "parameter Colour: red -> grey" in project.deploy().out


def test_a_template_that_differs_in_text_alone_is_no_change(project: Project) -> None:
    name = project.stack("one", {"Topic": topic()})
    project.deploy()
    path = project.folder / "build" / "one.json"
    path.write_text(json.dumps({"Description": "now with a description", **json.loads(path.read_text())}))

    result = project.deploy()

    assert (result.code, f"{name}: nothing to change." in result.out) == (0, True)
    assert project.status("one") == "CREATE_COMPLETE"


def test_termination_protection_is_on_and_put_back_where_it_was_lost(project: Project) -> None:
    name = project.stack("one", {"Topic": topic()})
    cloudformation = project.client("cloudformation")
    project.deploy()
    assert cloudformation.describe_stacks(StackName=name)["Stacks"][0]["EnableTerminationProtection"]
    cloudformation.update_termination_protection(StackName=name, EnableTerminationProtection=False)

    result = project.deploy()

    assert f"{name}: termination protection is on again." in result.out
    assert cloudformation.describe_stacks(StackName=name)["Stacks"][0]["EnableTerminationProtection"]


def test_the_tags_of_manifest_and_environment_are_the_stacks_tags(project: Project) -> None:
    name = project.stack("one", {"Topic": topic()})
    project.deploy()
    project.stack("one", {"Topic": topic()}, tags={"application": "cruddur", "owner": "shop"})
    project.tags = {"cost-center": "4711"}

    result = project.deploy()

    assert "tag owner: nothing -> shop" in result.out
    assert "tag cost-center: nothing -> 4711" in result.out
    assert "nothing to change" in project.deploy().out
    tags = project.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {
        "application": "cruddur",
        "owner": "shop",
        "cost-center": "4711",
    }


def test_one_stack_can_be_deployed_alone(project: Project) -> None:
    project.stack("one", {"Topic": topic()})
    name = project.stack("two", {"Topic": topic()})

    result = project.deploy("--stack", name)

    assert (result.code, project.status("two")) == (0, "CREATE_COMPLETE")
    assert f"{project.name('one')}: a new stack" not in result.out


def test_a_stack_alone_is_refused_while_one_that_it_needs_is_missing(project: Project) -> None:
    first = project.stack("one", {"Topic": topic()})
    name = project.stack("two", {"Topic": topic()}, needs=[first])

    result = project.deploy("--stack", name)

    assert result.code == 2
    assert f"{name}: it needs {first}, which is not deployed" in result.err


def test_an_unknown_stack_is_refused_with_the_known_ones(project: Project) -> None:
    name = project.stack("one", {"Topic": topic()})

    result = project.deploy("--stack", f"{name}x")

    assert result.code == 2
    assert f"found '{name}x' (did you mean {name}?); allowed: {name}." in result.err


def test_what_only_refers_to_a_change_is_told_apart_from_it(project: Project) -> None:
    address = {
        "Type": "AWS::SSM::Parameter",
        "Properties": {"Type": "String", "Value": {"Fn::GetAtt": ["Images", "RepositoryUri"]}},
    }
    project.stack("one", {"Images": images(project.name("images")), "Address": address})
    project.deploy()
    changed = images(project.name("images"))
    changed["Properties"]["ImageTagMutability"] = "IMMUTABLE"
    project.stack("one", {"Images": changed, "Address": address})

    result = project.deploy()

    assert "an update, 1 changed, 1 may change" in result.out
    assert "ImageTagMutability: nothing -> IMMUTABLE  (template)" in result.out
    assert "  . may change with these, as they refer to them: Address" in result.out
    assert "~ changed  Address" not in result.out
