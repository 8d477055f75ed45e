"""Rules about the same types look at the same views of a template, and read each once."""

from cfnlint.template.template import Template

from lint_rules.model.template import View, once_a_view, views
from tests.lint_rules.corpus import GOOD, decoded

PIPELINE = "AWS::CodePipeline::Pipeline"


def test_views_are_made_once_a_template() -> None:
    one, other = (Template("template.yaml", decoded(GOOD / "pipeline.yaml"), ["us-east-1"]) for _ in range(2))
    assert views(one, PIPELINE) is views(one, PIPELINE)
    assert views(one, PIPELINE)[0] is not views(other, PIPELINE)[0]
    assert views(one, "AWS::SNS::Topic") == []


def test_a_view_is_read_once() -> None:
    read: list[View] = []

    @once_a_view
    def count(template: View) -> int:
        read.append(template)
        return len(template.all_resources)

    template = View({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}, {})
    assert [count(template), count(template), count(View({}, {}))] == [1, 1, 0]
    assert len(read) == 2


def test_a_parameter_that_a_condition_asks_after_is_not_known_by_its_default() -> None:
    parameters = {"Kind": {"Type": "String", "Default": "application"}, "Port": {"Type": "Number", "Default": 80}}
    conditions = {"IsNetwork": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Kind"}, "application"]}]}}
    properties = {"Type": {"Ref": "Kind"}, "Port": {"Ref": "Port"}}
    resources = {"Listener": {"Type": "AWS::X::Listener", "Properties": properties}}
    template = View({"Parameters": parameters, "Conditions": conditions, "Resources": resources}, {"IsNetwork": True})
    (listener,) = template.resources("AWS::X::Listener")
    assert [listener["Type"].text, listener["Type"].pattern, listener["Port"].text] == [None, "${Kind}", "80"]
