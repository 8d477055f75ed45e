"""Requests that must be refused: those that come near to what a role may do, and all others that are expected.

From each grant: the same action on a resource of another name, account or region, and with each condition unmet. From
each trust: another service, another account, another source. What can't be made from either stands in
`near_misses.toml`.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from proofs.analysis.evaluation import Evaluator, Question, Verdict
from proofs.analysis.report_problems import fault
from proofs.analysis.service_names import names_of_service
from proofs.policies.build import ACCOUNT, REGION, Build, Template
from reporting.findings import Finding
from system_model.roles import Role, policies_of
from system_model.statements import Document, Statement, texts

FILE = Path(__file__).resolve().parent / "near_misses.toml"
OTHER_ACCOUNT, OTHER_REGION = "111122223333", "us-east-1"
_BETWEEN = re.compile(r"([/:])")
_WILDCARD = re.compile(r"[*?]+")
_POSITIVE = ("ArnEquals", "ArnLike", "Bool", "StringEquals", "StringLike")
"""Operators for which a value that fits can be told from the policy."""
TRUST = "trust"
_ALWAYS_GIVEN = ("aws:PrincipalAccount", "aws:RequestedRegion", "aws:ResourceAccount", "aws:SecureTransport")
"""Condition keys that every request has a value for, so that none is made without."""


@dataclass(frozen=True)
class Attempt:
    """A request of a role, and what it would be in words; it must be refused, or allowed if it is ``fair``.

    ``kind`` is what the table says of it; empty for those that are made from grants and trusts.
    """

    role: Role
    what: str
    question: Question
    fair: bool = False
    statement: Statement | None = None
    kind: str = ""


def of_grants(role: Role) -> Iterator[Attempt]:
    """Give near misses of everything that a role is granted, each grant after a request that it does allow."""
    policies = policies_of(role)
    for statement in role.grants:
        context = met(statement.conditions)
        for action in statement.actions:
            for resource in statement.resources:
                asked = filled(resource)

                def ask(target: str, given: Mapping[str, str], action: str = action) -> Question:
                    return Question(role.arn, filled(action), target, given, policies)

                yield Attempt(role, f"{action} on {resource}", ask(asked, context), fair=True, statement=statement)
                for other in elsewhere(resource):
                    yield Attempt(role, f"{action} on {other}", ask(other, context), statement=statement)
                for told, given in unmet(statement.conditions):
                    what = f"{action} on {asked}, {told}"
                    yield Attempt(role, what, ask(asked, given), statement=statement)


def met(conditions: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Give values of condition keys that meet the conditions."""
    return {
        key: filled(texts(values)[0])
        for operator, keys in conditions.items()
        if operator.removesuffix("IfExists") in _POSITIVE
        for key, values in keys.items()
    }


def unmet(conditions: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, dict[str, str]]]:
    """Give, for each condition key, contexts in which it alone is missing or has another value."""
    whole = met(conditions)
    for operator, keys in conditions.items():
        if operator.removesuffix("IfExists") not in _POSITIVE:
            continue
        for key, values in keys.items():
            if not operator.endswith("IfExists") and key not in _ALWAYS_GIVEN:
                yield f"without {key}", {name: value for name, value in whole.items() if name != key}
            other = another(texts(values)[0])
            yield f"with {key} {other}", {**whole, key: other}


def another(value: str) -> str:
    """Return a value of the same kind as ``value``, and not it."""
    if value in ("true", "false"):
        return "false" if value == "true" else "true"
    if value.startswith("arn:"):
        return next(iter(elsewhere(value)))
    if value.isdigit():
        return OTHER_ACCOUNT
    return value.replace("amazonaws.com", "example.com") if "amazonaws.com" in value else f"another-{value}"


def filled(pattern: str) -> str:
    """Give something that fits a pattern."""
    return "*" if pattern == "*" else _WILDCARD.sub("anything", pattern)


def elsewhere(resource: str) -> Iterator[str]:
    """Give ARNs that differ from what ``resource`` names in one part each: its names one by one, account, region."""
    parts = resource.split(":", 5)
    if resource == "*" or len(parts) < len(("arn", "partition", "service", "region", "account", "name")):
        return
    head, name = parts[:5], parts[5]
    pieces = _BETWEEN.split(name)
    # The first piece is the kind of thing where another follows it, but of a bucket it is the name.
    first = 0 if head[2] == "s3" or len(pieces) == 1 else 2
    for place in range(first, len(pieces), 2):
        piece = pieces[place]
        if piece and not _WILDCARD.fullmatch(piece):
            changed = [*pieces[:place], f"another-{piece}", *pieces[place + 1 :]]
            yield filled(":".join([*head, "".join(changed)]))
    if not _WILDCARD.search(name[-1]):
        yield filled(f"{resource}-another")
    if head[4]:
        yield filled(":".join([*head[:4], OTHER_ACCOUNT, name]))
    if head[3]:
        yield filled(":".join([*head[:3], OTHER_REGION, head[4], name]))


def of_trust(role: Role) -> Iterator[Attempt]:
    """Give requests of services for the role: the one that it trusts, and those that it must not."""
    found = role.trust.get("Statement", [])
    for statement in [found] if isinstance(found, dict) else found:
        conditions = statement.get("Condition") or {}
        for service in texts((statement.get("Principal") or {}).get("Service")):
            context = met(conditions)
            yield _taking(role, service, context, f"{service} takes the role", fair=True)
            others = [told for told in unmet(conditions) if told[0].startswith("with ")]
            for told, given in [*others, *([] if _is_unlimited(role, service) else _for_others(service))]:
                yield _taking(role, service, given, f"{service} takes the role {told}")
            for stranger in ("ec2.amazonaws.com", "lambda.amazonaws.com", "cloudformation.amazonaws.com"):
                yield _taking(role, stranger, context, f"{stranger} takes the role")


def _is_unlimited(role: Role, service: str) -> bool:
    """Return whether AWS documents no condition on the trust that the service meets; the table says where."""
    rows = tomllib.loads(FILE.read_text("utf-8"))["unlimited_trusts"]
    return any(fnmatchcase(role.id, row["role"]) and row["service"] == service for row in rows)


def _for_others(service: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Return what a service says when it does not act for this account."""
    theirs = f"arn:aws:{service.partition('.')[0]}:{REGION}:{OTHER_ACCOUNT}:anything"
    yield "for another account", {"aws:SourceAccount": OTHER_ACCOUNT, "aws:SourceArn": theirs}
    yield "for nobody in particular", {}


def _taking(role: Role, service: str, context: Mapping[str, str], what: str, *, fair: bool = False) -> Attempt:
    question = Question(service, "sts:AssumeRole", role.arn, context, {TRUST: role.trust})
    return Attempt(role, what, question, fair=fair)


def of_table(roles: Iterable[Role], templates: Mapping[str, Template]) -> Iterator[Attempt]:
    """Return the near misses of the table, for each role that they are about."""
    rows = tomllib.loads(FILE.read_text("utf-8"))["near_misses"]
    denials = refusals_of_resources(templates)
    for role in roles:
        places = Places(templates, role.stack)
        for row in rows:
            if any(fnmatchcase(role.id, pattern) for pattern in row["roles"]):
                yield from _row(role, row, places, denials)


def _row(role: Role, row: Document, places: "Places", denials: Mapping[str, Document]) -> Iterator[Attempt]:
    context = {key: value.format_map(places) for key, value in row.get("context", {}).items()}
    for action in row["actions"]:
        for resource in row["resources"]:
            target = resource.format_map(places)
            question = Question(role.arn, action, target, context, {**policies_of(role), **denials})
            yield Attempt(role, f"{row['what']}: {action} on {target}", question, kind=row["what"])


class Places(dict[str, str]):
    """The words of the table: account, region, the service's names, and the ARN of a resource for its logical id."""

    def __init__(self, templates: Mapping[str, Template], stack: str) -> None:
        super().__init__(account=ACCOUNT, region=REGION, other_account=OTHER_ACCOUNT)
        names = Build(templates)
        for owner in [*(each for each in templates if each != stack), stack]:
            for name in templates[owner]["Resources"]:
                self[name] = str(names.resolved(owner, {"Fn::GetAtt": [name, "Arn"]}))
        self.update(names_of_service(templates, stack))

    def __missing__(self, key: str) -> str:
        """Call what no template has by its word."""
        return key


def refusals_of_resources(templates: Mapping[str, Template]) -> dict[str, Document]:
    """Give what policies of resources refuse to everybody, as identity policies: an explicit refusal has the last word.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    """
    names = Build(templates)
    found: dict[str, Document] = {}
    for stack, template in templates.items():
        for name, resource in template["Resources"].items():
            document = names.resolved(stack, resource.get("Properties", {}).get("PolicyDocument"))
            if not resource["Type"].endswith("Policy") or not isinstance(document, dict):
                continue
            refused = [
                {key: value for key, value in one.items() if key != "Principal"}
                for one in document["Statement"]
                if one["Effect"] == "Deny" and one.get("Principal") == "*"
            ]
            if refused:
                found[f"{stack}.{name}"] = {"Version": "2012-10-17", "Statement": refused}
    return found


@dataclass(frozen=True)
class Refusal:
    """An attempt and the verdict on it."""

    attempt: Attempt
    verdict: Verdict

    @property
    def is_as_it_should_be(self) -> bool:
        """Whether what must be refused is, and what is granted is not."""
        return self.verdict.allowed == self.attempt.fair


def tried(attempts: Sequence[Attempt], evaluator: Evaluator) -> list[Refusal]:
    """Ask about every attempt."""
    verdicts = evaluator.verdicts([attempt.question for attempt in attempts])
    return [Refusal(attempt, verdict) for attempt, verdict in zip(attempts, verdicts, strict=True)]


def faults(refusals: Sequence[Refusal]) -> Iterator[Finding]:
    """Report what is allowed and must not be, and of what is granted and yet refused."""
    for one in refusals:
        if one.is_as_it_should_be:
            continue
        attempt = one.attempt
        if attempt.fair:
            sentence = f"{attempt.what} is granted, and yet refused. {one.verdict.reason}"
            yield fault("right-without-effect", attempt.role, attempt.statement, sentence, "See what denies it.")
        else:
            sentence = f"what must be refused is allowed: {attempt.what}."
            yield fault("near-miss", attempt.role, attempt.statement, sentence, "Limit resource or condition.")
