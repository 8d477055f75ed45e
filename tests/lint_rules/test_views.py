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
