from collections.abc import Iterator, Mapping

from aws_facts.codepipeline import LONGEST_VALUE
from lint_rules.codepipeline.structure import Action, ActionRule
from lint_rules.model.rule import Fault, fault


class ConfigurationText(ActionRule):
    """Configuration values that are no text, empty or too long."""

    id = "E9108"
    shortdesc = "A configuration value must be a text of at most 1000 characters"
    description = (
        "The configuration of an action maps names to texts. CloudFormation refuses a list or a mapping there (JSON "
        "has to be written as a text), and CodePipeline a value of more than 1000 characters, or an empty one that "
        "the action needs."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        for key, value in action.configuration.entries:
            if isinstance(value.value, list) or (isinstance(value.value, Mapping) and not value.function):
                if not key.startswith("Fn::"):
                    yield fault(value, f"{key} is not a text. Write it as JSON in a text, or with Fn::ToJsonString.")
            elif value.value == "" and key in action.kind.get("required", ()):
                yield fault(value, f"{key} is empty, and {action.provider} needs it. Give it a value.")
            elif len(value.text or "") > LONGEST_VALUE:
                yield fault(
                    value, f"{key} has {len(value.text or '')} characters; at most {LONGEST_VALUE} are allowed."
                )
