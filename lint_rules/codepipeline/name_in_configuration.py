from collections.abc import Iterator

from aws_facts import facts
from lint_rules.codepipeline.structure import PIPELINE, actions
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class NameInConfiguration(Rule):
    """ARNs, addresses and ids in a configuration, where a name is due."""

    id = "E9156"
    shortdesc = "An action names its repository or bucket"
    description = (
        "An action looks for its repository or bucket by name. What Ref and Fn::GetAtt return is the name for some "
        "resources, and an id, an ARN or an address for others, by which nothing is found."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference.html"
    types = (PIPELINE,)

    def faults(self, template: View) -> Iterator[Fault]:
        for action in actions(template):
            for key, known in facts("codepipeline_names").get(action.provider, {}).items():
                value = action.configuration[key]
                resource = template.referred(value, known["type"])
                given = known["wrong"].get(_attribute(value)) if resource else None
                if resource and given:
                    right = f"{known['right'].removesuffix(' Name')} {resource.logical_id}"
                    right += ".Name" if known["right"].endswith(" Name") else ""
                    yield fault(value, f"{key} takes a name, and this is {given}. Write {right}.")


def _attribute(value: Node) -> str:
    """Return the attribute that a function asks for, or Ref."""
    named = value.arguments.strip("${}") if isinstance(value.arguments, str) and value.function == "Fn::Sub" else ""
    return value.attribute[1] if value.attribute else named.partition(".")[2] or "Ref"
