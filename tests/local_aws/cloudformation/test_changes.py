"""What a change set shows, and what an update touches and tells: neither more nor less than on AWS."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.cloudformation.stack_driver import StackDriver, actions
from tests.local_aws_fixture import LocalAws

TOPIC = {"Type": "AWS::SNS::Topic"}
SWITCH = {"On": {"Type": "String", "Default": "no"}}
YES, NO = ([{"ParameterKey": "On", "ParameterValue": value}] for value in ("yes", "no"))
OPTIONAL = {
    "Parameters": SWITCH,
    "Conditions": {"IsOn": {"Fn::Equals": [{"Ref": "On"}, "yes"]}},
    "Resources": {"Always": TOPIC, "Sometimes": {**TOPIC, "Condition": "IsOn"}},
}


def _parameter(value: Any, **more: Any) -> dict[str, Any]:
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}, **more}


@pytest.fixture
def stack(local_aws: LocalAws) -> StackDriver:
    return StackDriver(local_aws)


def test_a_resource_whose_condition_is_false_is_not_in_a_change_set(stack: StackDriver) -> None:
    first = stack.change_set(OPTIONAL, "CREATE")
    assert actions(first) == {"Always": "Add"}
    assert stack.execute(first) == "CREATE_COMPLETE"
    assert stack.resources() == {"Always": "CREATE_COMPLETE"}

    on = stack.change_set(OPTIONAL, Parameters=YES)
    assert actions(on) == {"Sometimes": "Add"}
    assert stack.execute(on) == "UPDATE_COMPLETE"
    off = stack.change_set(OPTIONAL, Parameters=NO)
    assert actions(off) == {"Sometimes": "Remove"}
    assert stack.execute(off) == "UPDATE_COMPLETE"
    assert set(stack.resources()) == {"Always"}


def test_an_output_alone_makes_a_change_set_that_can_be_executed(stack: StackDriver) -> None:
    template: dict[str, Any] = {"Resources": {"A": TOPIC}}
    stack.create(template)
    with_output = {**template, "Outputs": {"Topic": {"Value": {"Ref": "A"}}}}

    change_set = stack.change_set(with_output)

    assert (change_set["Status"], change_set["ExecutionStatus"]) == ("CREATE_COMPLETE", "AVAILABLE")
    assert change_set["Changes"] == []
    assert stack.execute(change_set) == "UPDATE_COMPLETE"
    assert stack.outputs()["Topic"].startswith("arn:aws:sns:")
    assert stack.told() == []
    assert stack.execute(stack.change_set(template)) == "UPDATE_COMPLETE"
    assert stack.outputs() == {}


def test_an_output_that_follows_a_parameter_is_a_change(stack: StackDriver) -> None:
    template = {
        "Parameters": SWITCH,
        "Resources": {"A": TOPIC},
        "Outputs": {"On": {"Value": {"Ref": "On"}}},
    }
    stack.create(template)
    assert stack.execute(stack.change_set(template, Parameters=YES)) == "UPDATE_COMPLETE"
    assert stack.outputs() == {"On": "yes"}


@pytest.mark.parametrize("more", [{}, {"Metadata": {"a": "b"}}, {"Mappings": {"M": {"k": {"v": "w"}}}}])
def test_no_change_of_resources_and_outputs_is_no_change_set(stack: StackDriver, more: dict[str, Any]) -> None:
    template = {"Resources": {"A": TOPIC}, "Outputs": {"Topic": {"Value": {"Ref": "A"}}}}
    stack.create(template)
    change_set = stack.change_set({**template, **more})
    assert (change_set["Status"], change_set["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert "didn't contain changes" in change_set["StatusReason"]


def test_an_update_tells_of_nothing_but_what_it_changes(stack: StackDriver) -> None:
    before = {"Resources": {"Kept": _parameter("1"), "Changed": _parameter("1")}}
    after = {"Resources": {"Kept": _parameter("1"), "Changed": _parameter("2"), "New": _parameter("1")}}
    stack.create(before)

    assert stack.execute(stack.change_set(after)) == "UPDATE_COMPLETE"

    told = stack.told()
    assert [status for name, status in told if name == "Changed"] == ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"]
    assert [status for name, status in told if name == "New"] == ["CREATE_IN_PROGRESS", "CREATE_COMPLETE"]
    assert {name for name, _status in told} == {"Changed", "New"}
    assert stack.resources() == {"Kept": "CREATE_COMPLETE", "Changed": "UPDATE_COMPLETE", "New": "CREATE_COMPLETE"}


def test_what_follows_a_changed_value_of_another_resource_is_updated(stack: StackDriver) -> None:
    def template(name: str) -> dict[str, Any]:
        topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": f"{stack.name}-{name}"}}
        return {"Resources": {"Topic": topic, "Arn": _parameter({"Ref": "Topic"})}}

    stack.create(template("one"))
    assert stack.update(template("two")) == "UPDATE_COMPLETE"
    told = stack.told()
    assert ("Arn", "UPDATE_COMPLETE") in told
    assert ("Topic", "UPDATE_COMPLETE") in told
    assert [status for name, status in told if name == "Topic"].count("UPDATE_IN_PROGRESS") == 1


def test_tags_of_the_stack_reach_every_resource_that_takes_tags(stack: StackDriver) -> None:
    template = {"Resources": {"Topic": TOPIC, "Rule": {"Type": "AWS::EC2::InternetGateway"}}}
    stack.create(template)
    assert stack.update(template, Tags=[{"Key": "a", "Value": "b"}]) == "UPDATE_COMPLETE"
    assert ("Topic", "UPDATE_COMPLETE") in stack.told()


def test_a_failed_update_tells_what_failed_and_leaves_the_rest(stack: StackDriver) -> None:
    stack.create({"Resources": {"Kept": _parameter("1"), "Changed": _parameter("1")}})
    missing = {"Fn::ImportValue": "nobody:exports"}
    broken = {"Resources": {"Kept": _parameter("1"), "Changed": _parameter("2"), "New": _parameter(missing)}}

    assert stack.update(broken) == "UPDATE_ROLLBACK_COMPLETE"

    assert {name for name, _status in stack.told()} == {"Changed", "New"}
    assert [status for name, status in stack.told() if name == "New"] == ["CREATE_FAILED"]
    assert stack.resources() == {"Kept": "CREATE_COMPLETE", "Changed": "UPDATE_COMPLETE"}


def _exporting(stack: StackDriver, value: str) -> dict[str, Any]:
    export = {"Name": f"{stack.name}:O"}
    return {"Resources": {"A": TOPIC}, "Outputs": {"O": {"Value": value, "Export": export}}}


def _export_names(stack: StackDriver) -> set[str]:
    pages = stack.client.get_paginator("list_exports").paginate()
    return {export["Name"] for page in pages for export in page["Exports"]}


@pytest.mark.parametrize(("change", "word"), [("remove", "deleted"), ("alter", "updated")])
def test_an_export_in_use_stays_as_it_is(stack: StackDriver, change: str, word: str) -> None:
    stack.create(_exporting(stack, "1"))
    importer = StackDriver(stack.aws)
    importer.create({"Resources": {"P": _parameter({"Fn::ImportValue": f"{stack.name}:O"})}})
    after = {"Resources": {"A": TOPIC}} if change == "remove" else _exporting(stack, "2")

    assert stack.update(after) == "UPDATE_ROLLBACK_COMPLETE"
    assert f"Export {stack.name}:O cannot be {word} as it is in use by {importer.name}" in stack.reasons()
    assert stack.outputs() == {"O": "1"}
    assert f"{stack.name}:O" in _export_names(stack)

    importer.delete()
    assert stack.update(after) == "UPDATE_COMPLETE"
    assert (f"{stack.name}:O" in _export_names(stack)) == (change == "alter")


def test_an_export_of_another_stack_can_not_be_taken(stack: StackDriver) -> None:
    stack.create(_exporting(stack, "1"))
    other = StackDriver(stack.aws)
    assert other.create(_exporting(stack, "2")) == "ROLLBACK_COMPLETE"
    assert f"Export with name {stack.name}:O is already exported by stack {stack.name}" in other.reasons()
    with pytest.raises(ClientError, match="is in ROLLBACK_COMPLETE state"):
        other.update(_exporting(stack, "2"))
