from collections.abc import Iterator

from aws_facts.codepipeline import action_types
from lint_rules.codepipeline.configuration import closest
from lint_rules.codepipeline.structure import Action, ActionRule, literal
from lint_rules.model.rule import Fault, fault


class ActionType(ActionRule):
    """Action types that do not exist."""

    id = "E9102"
    shortdesc = "The action type must exist: category, owner, provider and version"
    description = (
        "CreatePipeline refuses an action whose category, owner, provider and version are not those of an action "
        "type. Those of AWS and of its partners have the version 1. Action types of one's own, with the owner "
        "Custom, are not judged."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-valid-providers.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        owner = action.type_id["Owner"]
        if literal(owner) in {"AWS", "ThirdParty"}:
            yield from _wrong_part(action)
            version = action.type_id["Version"]
            if action.kind and version.text not in {None, "1"}:
                yield fault(version, f"{action.provider} has no version {version.text}. Set Version to 1.")
        elif literal(owner) not in {None, "Custom"}:
            yield fault(owner, f"{owner.text} owns no action types. Allowed: AWS, ThirdParty and Custom.")


def _wrong_part(action: Action) -> Iterator[Fault]:
    category, owner = action.type_id["Category"], action.type_id["Owner"]
    if action.kind or not action.provider or literal(category) is None:
        return
    known = action_types()
    same = [one for one in known if one.provider == action.provider]
    if any(one.owner == owner.text for one in same):
        allowed = " or ".join(one.category for one in same)
        yield fault(category, f"{action.provider} is not a {category.text} action. Set Category to {allowed}.")
    elif same:
        yield fault(owner, f"{action.provider} is not owned by {owner.text}. Set Owner to {same[0].owner}.")
    elif owner.text == "AWS":
        near = closest(action.provider, sorted({one.provider for one in known if one.owner == "AWS"}))
        advice = f"Did you mean {near}?" if near else "The action structure reference lists the providers."
        yield fault(action.type_id["Provider"], f"AWS has no action provider {action.provider}. {advice}")
