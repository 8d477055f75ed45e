"""What is wrong with a role's grants: too little, too much, too wide; and how that is told."""

from collections.abc import Iterator

from aws_facts.authorization import takes_no_resource
from proofs.analysis.calls import Call
from proofs.analysis.exceptions import Exemptions
from proofs.analysis.minimal_policy import MinimalPolicy
from proofs.policies.build import briefly
from reporting.findings import Finding, Severity
from system_model.roles import Role
from system_model.statements import Statement


def fault(identifier: str, role: Role, statement: Statement | None, sentence: str, remedy: str) -> Finding:
    """Make a finding about a statement of a role, or about the role."""
    place = f"{role.id}:{statement.sid}" if statement else role.id
    return Finding(
        file=f"build/{role.stack}.json",
        line=0,
        column=0,
        id=identifier,
        severity=Severity.ERROR,
        sentence=f"{place}: {sentence}",
        remedy=remedy,
        place=place,
    )


def of_table(identifier: str, file: str, sentence: str, remedy: str) -> Finding:
    """Make a finding about a table of this room."""
    return Finding(f"proofs/analysis/{file}", 0, 0, identifier, Severity.ERROR, sentence, remedy)


WIDER = "wider"
WILDCARDS = ("*", "?")
_REMEDY = (
    "Take it away; or, where AWS asks for it and no rehearsal does, name the page that says so in a row of "
    "proofs/analysis/exceptions.toml."
)


def faults(held: MinimalPolicy, exemptions: Exemptions, *, whole: bool) -> Iterator[Finding]:
    """Report what is missing from the role, what it has and no scenario needed, and what is wider than need be."""
    yield from _missing(held)
    if whole:
        yield from _unneeded(held)
    for statement in held.role.statements:
        yield from _wide(held.role, statement, exemptions)
    for policy in held.role.managed:
        sentence = f"the policy {policy} is attached to it, and what that allows is not in the templates."
        yield fault("policy-from-elsewhere", held.role, None, sentence, "Write its statements into the role.")


def _missing(held: MinimalPolicy) -> Iterator[Finding]:
    told = set()
    for call, reason in held.refused:
        if (call.action, call.resource) not in told:
            told.add((call.action, call.resource))
            sentence = f"may not {call.action} on {call.resource}, which {used_by(call)} needs. {reason}"
            remedy = f"Grant {call.action} to {held.role.id}."
            yield fault("missing-right", held.role, None, sentence, remedy)


def _unneeded(held: MinimalPolicy) -> Iterator[Finding]:
    for removal in held.removals:
        cut = removal.cut
        if removal.refused or removal.exemption or (cut.action is None and cut.resource is None):
            continue
        what = cut.action or f"the resource {briefly(cut.statement.shown_resources[cut.resource or 0])}"
        if cut.action is not None and held.allowed_by.get((cut.statement, cut.action)):
            sentence, remedy = f"{what} is granted by another statement too.", "Take one of the two away."
            yield fault("granted-twice", held.role, cut.statement, sentence, remedy)
        else:
            yield fault(
                "unneeded-right", held.role, cut.statement, f"{what} is granted, and no scenario needed it.", _REMEDY
            )


def _wide(role: Role, statement: Statement, exemptions: Exemptions) -> Iterator[Finding]:
    if not statement.allows:
        return
    for member in ("NotAction", "NotResource"):
        if member in statement.document:
            sentence = f"it grants all but what {member} names."
            yield fault("wider-than-needed", role, statement, sentence, "Name what is granted.")
    for action in statement.actions:
        if any(each in action for each in WILDCARDS):
            sentence = f"the action {action} has a wildcard."
            yield fault("wider-than-needed", role, statement, sentence, "Name the actions that are needed.")
    for resource, written in zip(statement.resources, statement.shown_resources, strict=True):
        if not any(each in resource for each in WILDCARDS):
            continue
        if resource == "*" and all(map(takes_no_resource, statement.actions)):
            continue
        if exemptions.find(WIDER, role.id, statement.sid, resource=written) is None:
            narrow = [one for one in statement.actions if not takes_no_resource(one)] if resource == "*" else []
            which = f", though {' and '.join(narrow)} can be limited" if narrow else ""
            sentence = f"the resource {briefly(written)} is wider than needed{which}."
            yield fault("wider-than-needed", role, statement, sentence, "Name the resources that are needed.")


def used_by(call: Call) -> str:
    """Name the first use of a call, as a reader knows it."""
    first = call.uses[0]
    return f"{first.step} (scenario {first.scenario})"
