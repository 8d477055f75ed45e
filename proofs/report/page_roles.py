"""The section of one role: who may take it, and its statements with what proves that each is needed."""

from collections.abc import Iterable, Iterator

from proofs.analysis.analysis import Judged
from proofs.analysis.calls import REQUEST, Call
from proofs.analysis.minimal_policy import MinimalPolicy, Removal
from proofs.policies.build import briefly
from proofs.rehearsal.scenarios import SCENARIOS
from system_model.roles import Role
from system_model.statements import Document, Statement, texts

BREAK = "<br>"
_OPERATORS = {"ArnEquals": "is", "ArnLike": "is like", "Bool": "is", "StringEquals": "is", "StringLike": "is like"}
_REFUSAL = "not authorized to perform: {action} on resource: {resource}"
_CONNECTION = "Unable to use Connection: {resource}. The provided role does not have sufficient permissions."
_OTHERWISE = {f"{service}:UseConnection": _CONNECTION for service in ("codeconnections", "codestar-connections")}
"""What CodePipeline says instead of IAM's words."""
_ORDER = [one.name for one in SCENARIOS]


def role_section(held: MinimalPolicy, shipped: Judged) -> Iterator[str]:
    """Return the lines of a role's section."""
    role = held.role
    yield f"## {role.id}"
    yield ""
    yield f"{role.description}. Made by the stack `{role.stack}`."
    yield ""
    yield from _trust(role)
    yield ""
    if role.grants:
        before = {
            one.sid for each in shipped.roles if (each.stack, each.id) == (role.stack, role.id) for one in each.grants
        }
        yield "| intent | actions | resources | only where | proof | without it |"
        yield "| --- | --- | --- | --- | --- | --- |"
        for statement in role.grants:
            yield _row(held, statement, "" if statement.sid in before else f"{BREAK}(where asked for)")
    else:
        yield "It has no statement: it may do nothing."
    yield ""


def _row(held: MinimalPolicy, statement: Statement, mark: str) -> str:
    cells = [
        f"**{statement.sid}**{mark}",
        BREAK.join(f"`{one}`" for one in statement.actions),
        BREAK.join(f"`{briefly(one)}`" for one in statement.shown_resources),
        BREAK.join(_told(statement.shown.get("Condition") or {})) or "always",
        BREAK.join(_proof(held, statement)),
        _without(held, statement),
    ]
    return "| " + " | ".join(cells) + " |"


def _trust(role: Role) -> Iterator[str]:
    found = role.shown_trust.get("Statement", [])
    for one in [found] if isinstance(found, dict) else found:
        services = " or ".join(f"`{each}`" for each in texts((one.get("Principal") or {}).get("Service")))
        conditions = " and ".join(_told(one.get("Condition") or {}))
        yield f"{services} may take it" + (f", only where {conditions}." if conditions else ".")


def services_of(role: Role) -> list[str]:
    """Name the services that may take a role."""
    found = role.trust.get("Statement", [])
    statements = [found] if isinstance(found, dict) else found
    return [each for one in statements for each in texts((one.get("Principal") or {}).get("Service"))]


def _told(conditions: Document) -> Iterator[str]:
    for operator, keys in conditions.items():
        for key, value in keys.items():
            values = " or ".join(f"`{briefly(each)}`" for each in texts(value))
            yield f"`{key}` {_OPERATORS.get(operator, operator)} {values}"


def _proof(held: MinimalPolicy, statement: Statement) -> Iterator[str]:
    """Tell, action by action, who used it and when; actions with the same proof share a line."""
    told: dict[str, list[str]] = {}
    removals = [one for one in held.removals if one.cut.statement == statement]
    for removal in removals:
        action = removal.cut.action
        if action is not None:
            calls = held.allowed_by.get((statement, action), ())
            told.setdefault(_exempt(removal) or uses(calls), []).append(_linked(action, calls))
    for text, actions in told.items():
        yield f"{', '.join(actions)}: {text}"
    for removal in removals:
        if removal.cut.resource is not None and removal.exemption:
            yield f"`{briefly(statement.shown_resources[removal.cut.resource])}`: {_exempt(removal)}"


def _linked(action: str, calls: Iterable[Call]) -> str:
    """Return an action's name; where a service asks for it in the role's name, with the page that says so."""
    name = action.partition(":")[2]
    origins = sorted({(call.origin, call.source) for call in calls if call.origin != REQUEST})
    return f'[{name}]({origins[0][1]} "{origins[0][0]}")' if origins else name


def _exempt(removal: Removal) -> str:
    row = removal.exemption
    return f"not exercised here: {row.why} ([AWS]({row.source}))" if row else ""


def uses(calls: Iterable[Call]) -> str:
    """Report the uses of calls: by which steps, in which scenarios."""
    found = {use for call in calls for use in call.uses}
    if not found:
        return "never used"
    scenarios = sorted({use.scenario for use in found}, key=_ORDER.index)
    return f"{', '.join(sorted({use.step for use in found}))} in {', '.join(scenarios)}"


def _without(held: MinimalPolicy, statement: Statement) -> str:
    """Report where the first refusal comes when the statement is taken away, in the words that the user sees."""
    for removal in held.removals:
        cut = removal.cut
        if cut.statement == statement and cut.action is None and cut.resource is None:
            first = first_refusal(removal)
            return f"{first[0]}: `{first[1]}`" if first else "nothing is refused here"
    return ""


def first_refusal(removal: Removal) -> tuple[str, str] | None:
    """Return the step of the first refusal in the order of the scenarios, and the words of it."""
    found = [
        (_ORDER.index(use.scenario), use.step, call.action, call.resource)
        for call, _ in removal.refused
        for use in call.uses
    ]
    if not found:
        return None
    _, step, action, resource = min(found)
    return step, _OTHERWISE.get(action, _REFUSAL).format(action=action, resource=resource)
