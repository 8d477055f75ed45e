"""Draws a plan for a person: what is added, changed, replaced and removed, and what would be lost."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from delivery.model.plan import Action, Operation, PropertyChange, ResourceChange, StackPlan, ValueChange
from reporting.terminal import styled

MARKS = {
    Action.ADDED: ("+", "green"),
    Action.IMPORTED: (">", "green"),
    Action.CHANGED: ("~", "yellow"),
    Action.MAY_CHANGE: (".", "grey"),
    Action.MAY_BE_REPLACED: ("?", "red"),
    Action.REPLACED: ("!", "red"),
    Action.REMOVED: ("-", "red"),
}
"""The sign and the colour of each action."""

LONGEST_VALUE = 70
LEAD = 20
"""Characters of a value that are shown."""

MOST_PLACES = 12
"""Places within one resource that are shown; `--json` has all."""


def lines(plan: StackPlan) -> Sequence[str]:
    """Draw the whole plan."""
    return [
        styled(f"{plan.stack}: {_summary(plan)}", "bold"),
        *_resource_lines([one for one in plan.resources if one.loss is None and one.action is not Action.MAY_CHANGE]),
        *_referring_line([one for one in plan.resources if one.action is Action.MAY_CHANGE]),
        *_value_lines("parameter", plan.parameters),
        *_value_lines("tag", plan.tags),
        *_output_lines(plan.outputs),
        *_loss_lines(plan.losses()),
    ]


def _summary(plan: StackPlan) -> str:
    counts = [f"{plan.count(action)} {action}" for action in Action if plan.count(action)]
    title = "a new stack" if plan.operation is Operation.CREATE else "an update"
    return f"{title}, {', '.join(counts) if counts else 'no resource changes'}"


def _resource_lines(changes: Sequence[ResourceChange]) -> Iterator[str]:
    widths = _widths(changes)
    for change in changes:
        yield from _drawn(change, widths)


def _referring_line(changes: Sequence[ResourceChange]) -> Iterator[str]:
    if changes:
        names = ", ".join(change.logical_id for change in changes)
        yield styled(f"  . may change with these, as they refer to them: {names}", "grey")


def _widths(changes: Sequence[ResourceChange]) -> tuple[int, int, int]:
    """Return the widths of the columns action, logical id and type."""
    return (
        max((len(change.action) for change in changes), default=0),
        max((len(change.logical_id) for change in changes), default=0),
        max((len(change.type) for change in changes), default=0),
    )


def _drawn(change: ResourceChange, widths: tuple[int, int, int]) -> Iterator[str]:
    mark, colour = MARKS[change.action]
    action, logical_id, kind = widths
    head = f"{mark} {change.action:<{action}}"
    rest = f"{change.logical_id:<{logical_id}}  {change.type:<{kind}}  {change.physical_id}".rstrip()
    yield f"  {styled(head, colour)}  {rest}"
    for place in change.properties[:MOST_PLACES]:
        yield f"      {_place(place)}"
    if len(change.properties) > MOST_PLACES:
        yield f"      and {len(change.properties) - MOST_PLACES} more places (--json shows all)"


def _place(place: PropertyChange) -> str:
    values = "" if place.before == place.after else f": {_change(place.before, place.after)}"
    remark = "; makes a new resource" if place.replaces else ""
    return f"{place.path}{values}  {styled(f'({place.cause}{remark})', 'grey')}"


def _value_lines(title: str, changes: Sequence[ValueChange]) -> Iterator[str]:
    for change in changes:
        yield f"  {styled('~', 'yellow')} {title} {change.name}: {_change(change.before, change.after)}"


def _output_lines(changes: Sequence[ValueChange]) -> Iterator[str]:
    for change in changes:
        word = "added" if change.before is None else "removed" if change.after is None else "changed"
        yield f"  {styled('~', 'yellow')} output {change.name}: {word}"


def _loss_lines(losses: Sequence[ResourceChange]) -> Iterator[str]:
    if not losses:
        return
    yield styled("  Stateful resources that would be replaced or removed:", "red")
    widths = _widths(losses)
    for change in losses:
        yield from _drawn(change, widths)
        kept = "the present one stays in the account, outside the stack" if change.kept else change.loss
        yield f"      {styled(str(kept), 'red')}"


def _change(before: Any, after: Any) -> str:  # noqa: ANN401 - any JSON value
    """Show both values; long ones from a little before the place where they part."""
    old, new = _text(before), _text(after)
    same = next((place for place, pair in enumerate(zip(old, new, strict=False)) if len(set(pair)) > 1), 0)
    start = max(0, same - LEAD) if max(len(old), len(new)) > LONGEST_VALUE else 0
    return f"{_cut(old, start)} -> {_cut(new, start)}"


def _text(value: Any) -> str:  # noqa: ANN401 - any JSON value
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return json.dumps(text, ensure_ascii=False)[1:-1] if "\n" in text else text


def _cut(text: str, start: int) -> str:
    before = "..." if start else ""
    after = "..." if len(text) > start + LONGEST_VALUE else ""
    return f"{before}{text[start : start + LONGEST_VALUE]}{after}"
