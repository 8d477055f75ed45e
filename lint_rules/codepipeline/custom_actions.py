"""Actions of a kind that the account itself defines."""

from collections.abc import Iterator

from lint_rules.codepipeline.configuration import missing_keys, unknown_keys
from lint_rules.codepipeline.structure import PIPELINE, Action, actions, count, is_list, literal
from lint_rules.model.rule import Fault, ResourceRule, Rule, fault
from lint_rules.model.template import Resource, View

CUSTOM = "AWS::CodePipeline::CustomActionType"
MOST_ARTIFACTS, MOST_PROPERTIES = 5, 10


class CustomActionType(ResourceRule):
    id = "E9150"
    shortdesc = "A custom action type must take 0 to 5 artifacts, and have at most ten properties and one to be queried"
    description = (
        "CreateCustomActionType refuses a least number of artifacts above the greatest or out of 0 to 5, more "
        "than ten configuration properties, more than one that can be queried, and one that can be queried and is "
        "optional or secret."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_CreateCustomActionType.html"
    types = (CUSTOM,)

    def faults_of(self, custom: Resource) -> Iterator[Fault]:
        for name in ("InputArtifactDetails", "OutputArtifactDetails"):
            least, greatest = custom[name]["MinimumCount"].number, custom[name]["MaximumCount"].number
            if least is not None and greatest is not None and not 0 <= least <= greatest <= MOST_ARTIFACTS:
                yield fault(
                    custom[name], f"{least} to {greatest} artifacts. Allowed: 0 to {MOST_ARTIFACTS}, least first."
                )
        properties = custom["ConfigurationProperties"].items
        for one in properties[MOST_PROPERTIES:]:
            yield fault(one, f"An action type has at most {MOST_PROPERTIES} properties. Take some out.")
        queried = [one for one in properties if one["Queryable"].flag]
        for one in queried[1:]:
            yield fault(one["Queryable"], "Only one property can be queried. Set Queryable to false.")
        for one in queried[:1]:
            if one["Required"].flag is False or one["Secret"].flag:
                yield fault(one, "A property that is queried is Required and not Secret. Change these, or Queryable.")


class CustomAction(Rule):
    id = "E9153"
    shortdesc = "An action of a custom type must fit that type"
    description = (
        "CreatePipeline refuses an action whose custom action type has no such version, without a configuration "
        "property that the type requires, with one that it does not have, and with more or fewer artifacts than "
        "it takes."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_CreateCustomActionType.html"
    types = (PIPELINE, CUSTOM)

    def faults(self, template: View) -> Iterator[Fault]:
        types = template.resources(CUSTOM)
        for action in actions(template) if types else ():
            if literal(action.type_id["Owner"]) == "Custom":
                same = [one for one in types if _is_named(one, action, "Category", "Provider")]
                fitting = [one for one in same if _is_named(one, action, "Version")]
                version = action.type_id["Version"]
                if same and not fitting and version.text and all(one["Version"].text for one in same):
                    known = ", ".join(one["Version"].text or "" for one in same)
                    yield fault(version, f"{action.provider} has no version {version.text}. There are: {known}.")
                for one in fitting[:1]:
                    yield from _unfitting(action, one)


def _is_named(custom: Resource, action: Action, *parts: str) -> bool:
    return all(custom[part].text is not None and custom[part].text == action.type_id[part].text for part in parts)


def _unfitting(action: Action, custom: Resource) -> Iterator[Fault]:
    properties = custom["ConfigurationProperties"]
    names = [(one["Name"].text, one["Required"].flag) for one in properties.items]
    if (is_list(properties) or properties.absent) and all(name for name, _required in names):
        kind = {
            "required": [name for name, required in names if required],
            "optional": [name for name, required in names if not required],
        }
        yield from missing_keys(action.node, action.configuration, kind, action.provider)
        yield from unknown_keys(action.configuration, kind, action.provider)
    for name, details in (("InputArtifacts", "InputArtifactDetails"), ("OutputArtifacts", "OutputArtifactDetails")):
        least, greatest = custom[details]["MinimumCount"].number, custom[details]["MaximumCount"].number
        number = count(action[name])
        if least is not None and greatest is not None and number is not None and (number < least or number > greatest):
            at = action[name] if action[name].present else action.node
            if least <= greatest:
                sentence = f"{action.provider} takes {least} to {greatest} {name}, and there are {number}."
                yield fault(at, f"{sentence} Give it as many.")
