"""How an execution stands at one moment, as lines for a person, and what happened between two."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from delivery.releases.model.execution import NOT_STARTED, Action, Attempt, Execution
from delivery.releases.output import formatting
from reporting.terminal import styled


def attempts(before: Execution | None, now: Execution) -> Sequence[Attempt]:
    """Return the tries that began or ended since, the ended ones first; with nothing ``before``, all of them."""
    known = {} if before is None else {one.id: one.status for one in before.attempts}
    changed = [one for one in now.attempts if known.get(one.id) != one.status]
    return sorted(changed, key=lambda one: one.started if one.running else one.updated)


def source_read(before: Execution | None, now: Execution) -> bool:
    """Return whether it has become known since which commit is released."""
    return bool(now.revisions) and (before is None or not before.revisions)


STATE_WIDTH = 11


@dataclass(frozen=True)
class Picture:
    """An execution and the moment it is shown at. ``details`` say more of an action, by its attempt's id."""

    execution: Execution
    now: datetime
    details: Mapping[str, str]


def lines(picture: Picture) -> Sequence[str]:
    """Return a line for each action: its state, stage and name, a detail, the time it takes or took.

    A roll-back runs one stage alone, so what it has not tried is not its business.
    """
    execution = picture.execution
    actions = [action for stage in execution.stages for action in stage.actions]
    if execution.target:
        actions = [action for action in actions if execution.latest(action)]
    width = max((len(formatting.action(action.stage, action.name)) for action in actions), default=0)
    return [_line(picture, action, width) for action in actions]


def attempt_line(attempt: Attempt, now: datetime) -> str:
    """Return the line that tells of an action's beginning or end, with its time of day."""
    moment = (attempt.started if attempt.running else attempt.updated).astimezone().strftime("%H:%M:%S")
    took = "" if attempt.running else f"  {formatting.span(attempt.seconds(now))}"
    return f"{moment}  {_state(attempt.status)}  {formatting.action(attempt.stage, attempt.action)}{took}"


def _line(picture: Picture, action: Action, width: int) -> str:
    attempt = picture.execution.latest(action)
    status = attempt.status if attempt else NOT_STARTED
    took = formatting.span(attempt.seconds(picture.now)) if attempt else ""
    detail = picture.details.get(attempt.id, "") if attempt else ""
    return f"  {_state(status)}  {formatting.action(action.stage, action.name):<{width}}  {took:>10}  {detail}".rstrip()


def _state(status: str) -> str:
    return styled(f"{formatting.state(status):<{STATE_WIDTH}}", formatting.STYLES.get(status, "yellow"))
