"""What CloudFormation does in the deployer's name, or under a role of its own, for the types of `build/`."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aws_facts import facts
from aws_facts.authorization import ActionFacts, actions_of
from aws_facts.registry_schemas import actions_of_type
from proofs.deployer.place import Place
from system_model.names import arns_of
from system_model.repository import Repository
from system_model.resolver import Resolver
from system_model.system import Resource, of_templates

_MOST_FORMS = 2
"""So many kinds of resources are written out; for more, all of the service in the account and region."""

_NAMED = ("iam", "s3")
"""Services whose resources all have the names that the templates give, or names that begin as we know."""

Needed = dict[str, set[str]]
"""Actions, each with the resources that it is needed on."""


def needed(templates: Mapping[str, Mapping[str, Any]], place: Place) -> Needed:
    """Return what making, changing and deleting the stacks of these templates (by stack) takes."""
    system = of_templates(templates, Repository(Path()), whole=True)
    resolver = Resolver(system, place)
    resources = [one for stack in system.stacks for one in stack.resources.values()]
    arns = {one: _arns(one, resolver) for one in resources}
    every = sorted({arn for several in arns.values() for arn in several})
    found: Needed = defaultdict(set)
    for one in resources:
        for action in actions_of_type(one.type, place.region):
            service, _, name = action.partition(":")
            known = actions_of(service).get(name.lower())
            if known is not None:
                found[f"{service}:{known.name}"] |= _on(service, known, arns[one], every, place)
    return found


def _arns(one: Resource, resolver: Resolver) -> list[str]:
    found = arns_of(one, resolver)
    # An action on a log group is asked for with and without the end that stands for its streams.
    return [*found, *(arn.removesuffix(":*") for arn in found if one.type == "AWS::Logs::LogGroup")]


def _on(service: str, action: ActionFacts, own: Sequence[str], every: Sequence[str], place: Place) -> set[str]:
    """Return what an action of a handler is needed on; ``own`` are the ARNs of the handler's resource."""
    if not action.types or (action.level == "List" and service not in _NAMED):
        return {"*"}
    if action.name == "CreateServiceLinkedRole":
        return {f"arn:{place.partition}:iam::{place.account}:role/aws-service-role/*"}
    forms = facts(f"authorization/{service}")["resources"]
    open_arns = [place.filled(forms[kind]) for kind in action.types if kind in forms]
    begins = tuple(one.removesuffix("*") for one in open_arns)
    named = {arn for arn in every if arn.startswith(begins)} if own or service in _NAMED else set()
    if named:
        return {f"{arn}/*" for arn in named} if action.types == ["object"] else named
    if len(open_arns) > _MOST_FORMS:
        return {f"arn:{place.partition}:{service}:{place.region}:{place.account}:*"}
    return set(open_arns) or {"*"}
