import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aws_facts import facts
from lint_rules.model.policy import Document, PolicyRule, Statement, documents, given_to
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import View

_IDENTITIES = ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group")
_ANY_ONE = re.compile(r"\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:(\*|(user|group|role|policy)/\*|function:\*)")


_HAND_OVER = "iam:PassRole"


class Escalation(PolicyRule):
    id = "W9305"
    shortdesc = "No right lets its holder take more rights"
    description = (
        "Whoever may change any policy, use any user's keys, or pass any role to code of their own choosing has every "
        "right of the account, whatever else the policy says. The rights of an identity are looked at together, from "
        "all policies that the template attaches to it."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html"

    def faults(self, template: View) -> Iterator[Fault]:
        for policies in _together(template):
            statements = [one for policy in policies for one in policy.statements if one.allows]
            yield from _alone(statements)
            yield from _by_passing(statements)


def _paths() -> Sequence[Mapping[str, Any]]:
    paths: Sequence[Mapping[str, Any]] = facts("escalations")["paths"]
    return paths


def _together(template: View) -> Iterator[Sequence[Document]]:
    """Return the policies of each identity, and each that is given to no identity of the template."""
    rest = {document.node.path: document for document in documents(template, "identity")}
    for identity in template.resources(*_IDENTITIES):
        own = given_to(template, identity)
        for document in own:
            rest.pop(document.node.path, None)
        yield own
    for document in rest.values():
        yield [document]


def _alone(statements: Sequence[Statement]) -> Iterator[Fault]:
    for statement in statements:
        if statement.is_conditional or not _on_any(statement):
            continue
        for action in statement.actions:
            gains = [path for path in _paths() if "gain" in path and action.covers(path["actions"][0])]
            if gains and action.pattern not in {"*", "*:*"}:
                gain, name = gains[0]["gain"], gains[0]["actions"][0]
                yield fault(action.node, f"{action.pattern} on any resource gives {gain} ({name}). {_REMEDY}")


_REMEDY = "Limit Resource to those that are meant, or leave it out."


def _by_passing(statements: Sequence[Statement]) -> Iterator[Fault]:
    for statement in statements:
        passing = statement.action(_HAND_OVER) if _on_any(statement) else None
        if passing is None or passing.pattern in {"*", "*:*"}:
            continue
        for path in _paths():
            if "starts" not in path:
                continue
            needed = [one for one in path["actions"] if one != _HAND_OVER]
            granted = all(any(one.action(name) for one in statements) for name in needed)
            if granted and _may_pass_to(statement, needed[0].partition(":")[0]):
                yield fault(
                    passing.node,
                    f"iam:PassRole on any role, with {' and '.join(needed)}, runs code with every role of the account. "
                    "Limit Resource to the roles that are to be passed.",
                )
                return


def _may_pass_to(statement: Statement, service: str) -> bool:
    """Whether the roles may be handed to ``service``: a prefix of actions, as ecs is of ecs-tasks.amazonaws.com."""
    condition = statement.condition("iam:PassedToService")
    if condition is None or condition.base_operator not in {"StringEquals", "StringLike"}:
        return True
    stems = [(value.pattern or "*").partition(".amazonaws")[0].rpartition(".")[2] for value in condition.values]
    return any(stem.startswith(service) or "*" in stem or "${" in stem for stem in stems)


def _on_any(statement: Statement) -> bool:
    return any(_ANY_ONE.fullmatch(one.pattern or "") for one in statement.resources)
