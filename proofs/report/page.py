"""Makes `docs/permissions.md`, for who has to judge the roles and has not seen how they are made.

What is the same whatever the roles are stands in `permissions.md` beside this file.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from proofs.analysis import escalations
from proofs.analysis.analysis import Judged
from proofs.analysis.calls import REQUEST
from proofs.analysis.minimal_policy import MinimalPolicy, Removal
from proofs.policies.build import briefly
from proofs.rehearsal.scenarios import SCENARIOS
from proofs.report.page_roles import role_section, services_of
from settings.root import PROJECT_ROOT

FILE = PROJECT_ROOT / "docs" / "permissions.md"
TEXT = Path(__file__).resolve().parent / "permissions.md"
NOTHING = "Nothing: every action and every resource is used in a scenario."
UNPROVEN = "AWS asks for these by its documentation. No scenario shows it, so none of them counts as proven."


def page(everything: Judged, shipped: Judged) -> str:
    """Return the page's text. ``shipped`` tells which statements are there without being asked for."""
    parts: Mapping[str, Callable[[], Iterator[str]]] = {
        "scenarios": _scenarios,
        "overview": lambda: _overview(everything, shipped),
        "roles": lambda: (line for held in everything.held for line in role_section(held, shipped)),
        "refusals": lambda: _refusals(everything),
        "count": lambda: iter([str(len(escalations.ways()))]),
        "ways": lambda: _ways(everything),
        "alone": lambda: _by_aws_alone(everything),
    }
    text = TEXT.read_text("utf-8")
    for name, make in parts.items():
        text = text.replace(f"{{{name}}}", "\n".join(make()).rstrip("\n"))
    return text


def _scenarios() -> Iterator[str]:
    yield "| scenario | what happens |"
    yield "| --- | --- |"
    for one in SCENARIOS:
        yield f"| {one.name} | {one.about} |"


def _overview(judged: Judged, shipped: Judged) -> Iterator[str]:
    yield "| role | taken by | statements | actions | asked by itself | in its name | only AWS asks | must be refused |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    known = {(role.stack, role.id) for role in shipped.roles}
    for held in judged.held:
        role = held.role
        actions = [one for one in held.removals if one.cut.action is not None]
        exempt = sum(one.exemption is not None for one in actions)
        refused = sum(one.attempt.role is role and not one.attempt.fair for one in judged.refusals)
        asked = "" if (role.stack, role.id) in known else " (where asked for)"
        services = ", ".join(f"`{one}`" for one in services_of(role))
        itself = sum(_is_asked_by_itself(held, one) for one in actions)
        numbers = [len(role.grants), len(actions), itself, len(actions) - exempt - itself, exempt, refused]
        yield f"| [{role.id}](#{role.id.lower()}){asked} | {services} | " + " | ".join(map(str, numbers)) + " |"


def _is_asked_by_itself(held: MinimalPolicy, removal: Removal) -> bool:
    calls = held.allowed_by.get((removal.cut.statement, removal.cut.action or ""), ())
    return any(call.origin == REQUEST for call in calls)


def _refusals(judged: Judged) -> Iterator[str]:
    told: dict[str, list[str]] = {}
    for one in judged.refusals:
        if one.attempt.kind:
            told.setdefault(one.attempt.kind, []).append(one.attempt.role.id)
    yield "| what is tried | by |"
    yield "| --- | --- |"
    for what, roles in told.items():
        yield f"| {what} | {', '.join(dict.fromkeys(roles))} |"


def _ways(judged: Judged) -> Iterator[str]:
    yield "| role | way | leads to | why it stays open |"
    yield "| --- | --- | --- | --- |"
    for one in judged.open:
        actions = " + ".join(f"`{each}`" for each in one.way.actions)
        why = f"{one.bounded.why} ([AWS]({one.bounded.source}))" if one.bounded else "it must not"
        yield f"| {one.role.id} | {actions} | {', '.join(one.reaches)} | {why} |"


def _by_aws_alone(judged: Judged) -> Iterator[str]:
    rows = [one for held in judged.held for one in held.removals if one.exemption]
    if not rows:
        yield NOTHING
        return
    yield from [UNPROVEN, "", "| role | intent | what | why | source |", "| --- | --- | --- | --- | --- |"]
    yield from dict.fromkeys(map(_exempted, rows))


def _exempted(removal: Removal) -> str:
    cut, row = removal.cut, removal.exemption
    what = cut.action or briefly(cut.statement.shown_resources[cut.resource or 0])
    why, source = (row.why, row.source) if row else ("", "")
    return f"| {cut.role.id} | {cut.statement.sid} | `{what}` | {why} | <{source}> |"
