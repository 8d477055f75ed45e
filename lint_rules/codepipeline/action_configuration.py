"""An action's configuration, key by key."""

from collections.abc import Iterator, Mapping
from typing import Any

from aws_facts.codepipeline import LONGEST_VALUE
from lint_rules.codepipeline.configuration import is_readable, missing_keys, unknown_keys, wrong_values
from lint_rules.codepipeline.json_text import wrong_json
from lint_rules.codepipeline.structure import Action, ActionRule, count
from lint_rules.model.rule import Fault, fault


class ConfigurationMissing(ActionRule):
    id = "E9104"
    shortdesc = "An action's configuration must have the keys that its provider needs"
    description = "CreatePipeline refuses an action without a configuration key that its provider needs."
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        yield from missing_keys(action.node, action.configuration, action.kind, action.provider)


class ConfigurationUnknown(ActionRule):
    id = "W9105"
    shortdesc = "An action's configuration must have only keys that its provider takes"
    description = (
        "CreatePipeline refuses a configuration key that the action's provider does not know. Most are misspelt, "
        "or belong to another provider."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        yield from unknown_keys(action.configuration, action.kind, action.provider)


class ConfigurationValue(ActionRule):
    id = "E9106"
    shortdesc = "A configuration value must be one of those allowed, in its range and of the right form"
    description = (
        "Action providers take fixed values for some configuration keys, numbers in a range for others, and names "
        "or ARNs of a certain form. Some are refused when the pipeline is made, the others fail in every "
        "execution."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        yield from wrong_values(action.configuration, action.kind)


class ConfigurationDependent(ActionRule):
    id = "E9107"
    shortdesc = "A configuration key or input artifact that another key makes necessary must be there"
    description = (
        "Some configuration keys are needed only with others: a change set's name with the modes that use one, an "
        "object key where nothing is extracted, a primary source where there are several. Without them the action "
        "is refused or fails in every execution."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        if is_readable(action.configuration):
            for need in action.kind.get("needs", ()):
                yield from _unmet(action, need)


def _unmet(action: Action, need: Mapping[str, Any]) -> Iterator[Fault]:
    number = count(action["InputArtifacts"])
    reason = _reason(action, need, number)
    if reason:
        # A key that is written and left out under a condition depends on that condition as the others do.
        lacking = [key for key in need.get("keys", ()) if key not in action.configuration.value]
        for key in lacking:
            yield fault(action.configuration, f"{reason} {action.provider} needs {key}. Add it to the Configuration.")
        fewest = need.get("needs_inputs", 0)
        if number is not None and number < fewest:
            yield fault(action.node, f"{reason} {action.provider} needs an input artifact. Add it to InputArtifacts.")


def _reason(action: Action, need: Mapping[str, Any], number: int | None) -> str:
    """Say why there is the need; empty if there is none, or that is not known."""
    if "unless" in need:
        others = [key for key in need["unless"] if action.configuration[key].present]
        return "" if others else f"Without {' or '.join(need['unless'])}"
    if "inputs" in need:
        return f"With {number} input artifacts" if number is not None and number >= need["inputs"] else ""
    if "inputs_at_most" in need:
        return "With no input artifact" if number is not None and number <= need["inputs_at_most"] else ""
    value = action.configuration[need["key"]]
    if "is" in need:
        return f"With {need['key']} {value.text}" if value.text in need["is"] else ""
    return f"With {need['key']}" if value.present else ""


class ConfigurationText(ActionRule):
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


class ConfigurationJson(ActionRule):
    id = "E9109"
    shortdesc = "JSON in an action's configuration must be valid and of the shape that the provider reads"
    description = (
        "CodeBuild actions take environment variables as a JSON list of objects with name, value and type, "
        "CloudFormation actions take parameter overrides as a JSON object, both in a text. The action fails in "
        "every execution if the text is something else."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        for key, shape in action.kind.get("json", {}).items():
            yield from wrong_json(action.configuration[key], key, shape)
