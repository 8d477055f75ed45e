"""Draws a plan for a person: what is added, changed, replaced and removed, and what would be lost."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from delivery.model.plan import Action, Operation, ResourceChange, StackPlan, ValueChange
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
"""Characters of a value that stands beside another one; longer ones stand below each other, whole."""


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
    for place in change.properties:
        remark = "; makes a new resource" if place.replaces else ""
        cause = f"  {styled(f'({place.cause}{remark})', 'grey')}"
        yield from _values(f"      {place.path}", place.before, place.after, cause)


def _value_lines(title: str, changes: Sequence[ValueChange]) -> Iterator[str]:
    for change in changes:
        yield from _values(f"  {styled('~', 'yellow')} {title} {change.name}", change.before, change.after)


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


def _values(head: str, before: Any, after: Any, tail: str = "") -> Iterator[str]:  # noqa: ANN401 - any JSON values
    """Show what stood and what stands there: beside each other, or long ones below each other, line by line."""
    if before == after:
        yield f"{head}{tail}"
        return
    old, new = _text(before), _text(after)
    if "\n" not in old + new and max(len(old), len(new)) <= LONGEST_VALUE:
        yield f"{head}: {old} -> {new}{tail}"
        return
    yield f"{head}:{tail}"
    for mark, colour, value, text in (("-", "red", before, old), ("+", "green", after, new)):
        if value is not None:
            yield from (styled(f"        {mark} {line}", colour) for line in text.splitlines())


def _text(value: Any) -> str:  # noqa: ANN401 - any JSON value
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return value
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else json.dumps(value, ensure_ascii=False, indent=2)
