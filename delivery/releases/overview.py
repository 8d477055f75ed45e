"""Shows how a pipeline and its service stand."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from delivery.releases import arrival, choosing, deployed, health, obstacles, picture, reading, starting, wording
from reporting.terminal import styled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from delivery.releases.execution import Execution, Summary
    from delivery.releases.target import Target
    from delivery.releases.telling import ReleaseTeller

MOST_EXECUTIONS = 8


def show(target: Target, execution_id: str | None, teller: ReleaseTeller) -> None:
    """Show an execution (the newest without an id), the latest others, and what is deployed."""
    starting.structure(target)
    newest = reading.newest_summaries(target.aws, target.name)
    if newest or execution_id:
        _show_execution(target, choosing.named(target, execution_id or newest[0].id), teller)
    else:
        release = target.command("release")
        teller.fact("execution", {"execution": None}, f"{target.name}: never released; start with {release}.")
    shown = execution_id or (newest[0].id if newest else "")
    _show_others(teller, [one for one in newest if one.id != shown][:MOST_EXECUTIONS])
    now = deployed.read(target)
    if now is None or not now.released:
        name = target.pipeline.ecs_service
        teller.fact("deployed", {"image": None}, f"{target.pipeline.service}: no image was released to service {name}.")
    else:
        arrival.tell(now, health.ask(now.address) if now.address else None, target, teller)


def _show_execution(target: Target, execution: Execution, teller: ReleaseTeller) -> None:
    now = datetime.now(UTC)
    obstacle = obstacles.find(target, execution)
    reason = f": {execution.reason.rstrip('.')}" if execution.reason else ""
    head = f"{wording.described(execution)}: {wording.state(execution.status)}{reason}"
    details = {one.id: one.error_message for one in execution.failures()}
    lines = [styled(head, "bold"), *picture.lines(picture.Picture(execution, now, details))]
    content = {**asdict(execution), "waiting": obstacle}
    teller.fact("execution", content, "\n".join([*lines, *([obstacle] if obstacle else [])]))


def _show_others(teller: ReleaseTeller, others: Sequence[Summary]) -> None:
    if not others:
        return
    lines = [styled("Others, newest first", "bold")]
    for one in others:
        state = styled(f"{wording.state(one.status):<11}", wording.STYLES.get(one.status, "yellow"))
        took = wording.span((one.updated - one.started).total_seconds())
        what = f"back to {one.target}" if one.target else ", ".join(wording.revision(each) for each in one.revisions)
        lines.append(f"  {one.started.astimezone():%Y-%m-%d %H:%M}  {state}  {took:>10}  {one.id}  {what}".rstrip())
    teller.fact("executions", {"executions": [asdict(one) for one in others]}, "\n".join(lines))
