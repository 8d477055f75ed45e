"""Published ways to more rights than one was given (``aws_facts/escalations.json``): closed, or known to lead nowhere.

A way is open where each of its actions is allowed on something, and a role can be handed on where one must be. What it
is open on tells which roles it reaches.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from aws_facts import facts
from proofs.analysis.evaluation import Evaluator, Question
from proofs.analysis.minimal_policy import names
from proofs.analysis.near_misses import filled, met
from proofs.analysis.report_problems import fault, of_table
from proofs.policies.build import ACCOUNT, Build, Template
from reporting.findings import Finding
from system_model.roles import Role, policies_of

FILE = Path(__file__).resolve().parent / "bounded_escalations.toml"
PASS_ROLE, PASSED_TO = "iam:PassRole", "iam:PassedToService"
STRANGER = f"arn:aws:iam::{ACCOUNT}:role/administrator"
"""A role that no template makes, for which an escalation would be worth while."""
_ROLE_OF = ("ServiceRole", "RoleArn", "TaskRoleArn")
"""Properties that say which role a resource acts under."""


@dataclass(frozen=True)
class EscalationPath:
    """The actions that it takes, all of them, and the service that a role is handed to on it."""

    id: str
    actions: tuple[str, ...]
    passed_to: str = ""


@dataclass(frozen=True)
class Bounded:
    """A way that is open to a role, and the roles (a pattern each) that it leads to: the release consists of it."""

    role: str
    way: str
    reaches: tuple[str, ...]
    why: str
    source: str


@dataclass(frozen=True)
class Open:
    """A way that is open to a role; ``reaches`` are logical ids of roles, or ARNs of what is no template's."""

    role: Role
    way: EscalationPath
    reaches: tuple[str, ...]
    bounded: Bounded | None


@cache
def ways() -> tuple[EscalationPath, ...]:
    """Return all ways."""
    rows = facts("escalations")["paths"]
    return tuple(EscalationPath(row["id"], tuple(row["actions"]), row.get("passed_to", "")) for row in rows)


@cache
def bounded() -> tuple[Bounded, ...]:
    """Return the ways that are known to be open."""
    rows = tomllib.loads(FILE.read_text("utf-8"))["bounded"]
    return tuple(
        Bounded(row["role"], way, tuple(row["reaches"]), row["why"], row["source"])
        for row in rows
        for way in row["ways"]
    )


def open_ways(roles: Sequence[Role], templates: Mapping[str, Template], evaluator: Evaluator) -> Iterator[Open]:
    """Return the ways that are open to roles."""
    owners = _roles_behind(templates, roles)
    for role in roles:
        asked = [(way, question) for way in ways() for question in _questions(role, way)]
        verdicts = evaluator.verdicts([question for _, question in asked])
        allowed = {
            (way, question.action, question.resource)
            for (way, question), verdict in zip(asked, verdicts, strict=True)
            if verdict.allowed
        }
        for way in ways():
            on = {action: [each[2] for each in allowed if each[:2] == (way, action)] for action in way.actions}
            if all(on.values()):
                reached = sorted({owners.get(each, each) for each in on[_decisive(way)]})
                yield Open(role, way, tuple(reached), _known(role, way, reached))


def _questions(role: Role, way: EscalationPath) -> Iterator[Question]:
    """Ask for each action of a way on everything that the role's statements name for it."""
    policies = policies_of(role)
    for action in way.actions:
        handing = {PASSED_TO: way.passed_to} if action == PASS_ROLE else {}
        for statement in role.grants:
            if any(names(one, action) for one in statement.actions):
                context = {**met(statement.conditions), **handing}
                for resource in [*statement.resources, *([STRANGER] if handing else [])]:
                    yield Question(role.arn, action, filled(resource), context, policies)


def _decisive(way: EscalationPath) -> str:
    """Name the action whose resources a way leads to: the roles that are handed on, else what is acted on."""
    return PASS_ROLE if PASS_ROLE in way.actions else way.actions[0]


def _roles_behind(templates: Mapping[str, Template], roles: Sequence[Role]) -> dict[str, str]:
    """Give, by ARN, the logical id of the role that a thing acts under, and of each role itself."""
    found, known = Build(templates), {role.arn: role.id for role in roles}
    behind = dict(known)
    for stack, template in templates.items():
        for name, resource in template["Resources"].items():
            given = next(
                (resource["Properties"][key] for key in _ROLE_OF if key in resource.get("Properties", {})), None
            )
            if given is not None:
                owner = str(found.resolved(stack, given))
                behind[str(found.resolved(stack, {"Fn::GetAtt": [name, "Arn"]}))] = known.get(owner, owner)
    return behind


def _known(role: Role, way: EscalationPath, reached: Sequence[str]) -> Bounded | None:
    for row in bounded():
        fits = fnmatchcase(role.id, row.role) and row.way == way.id
        if fits and all(any(fnmatchcase(each, pattern) for pattern in row.reaches) for each in reached):
            return row
    return None


def faults(found: Sequence[Open], roles: Sequence[Role], *, everything: bool) -> Iterator[Finding]:
    """Report ways that are open and should not be, and of those that are told to be open and are not.

    A way of an action that its role does not have is one of other settings, as of another strategy.
    """
    for one in found:
        if one.bounded is None:
            took, reached = " + ".join(one.way.actions), ", ".join(one.reaches)
            sentence = f"{took} is a way to more rights ({one.way.id}): it reaches {reached}."
            yield fault(
                "escalation", one.role, None, sentence, "Take one of these actions away, or limit its resource."
            )
    needed = {one.bounded for one in found}
    for row in bounded() if everything else ():
        if row not in needed and _is_asked_for(row, roles):
            sentence = f"{row.role}, {row.way}: this way is not open, so it needs no excuse."
            yield of_table("idle-exception", FILE.name, sentence, "Take the row away.")


def _is_asked_for(row: Bounded, roles: Sequence[Role]) -> bool:
    wanted = next(way.actions for way in ways() if way.id == row.way)
    granted = [
        action for role in roles if fnmatchcase(role.id, row.role) for one in role.grants for action in one.actions
    ]
    return all(any(names(one, action) for one in granted) for action in wanted)
