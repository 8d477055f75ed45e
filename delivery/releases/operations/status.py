"""Shows how a pipeline and its service stand."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from delivery.releases.diagnosis import blocked_stages
from delivery.releases.model import deployed_service, executions_api, health_check, rollouts, stopped_tasks
from delivery.releases.model.execution import Execution, Summary
from delivery.releases.model.target import Target
from delivery.releases.operations import select_execution, start, wait_for_service
from delivery.releases.output import formatting, progress_view
from delivery.releases.output.reporter import ReleaseReporter
from reporting.terminal import styled

MOST_EXECUTIONS = 8


def show(target: Target, execution_id: str | None, teller: ReleaseReporter) -> None:
    """Show an execution (the newest without an id), the latest others, and what is deployed."""
    start.structure(target)
    newest = executions_api.newest_summaries(target.aws, target.name)
    if newest or execution_id:
        _show_execution(target, select_execution.named(target, execution_id or newest[0].id), teller)
    else:
        release = target.command("release")
        teller.fact("execution", {"execution": None}, f"{target.name}: never released; start with {release}.")
    shown = execution_id or (newest[0].id if newest else "")
    _show_others(teller, [one for one in newest if one.id != shown][:MOST_EXECUTIONS])
    now = deployed_service.read(target)
    if now is None or not now.released:
        name = target.pipeline.ecs_service
        teller.fact("deployed", {"image": None}, f"{target.pipeline.service}: no image was released to service {name}.")
    else:
        wait_for_service.tell(now, health_check.ask(now.address) if now.address else None, target, teller)
    if now is not None:
        _show_rollouts(target, teller)


def _show_rollouts(target: Target, teller: ReleaseReporter) -> None:
    """Show how the last roll-out ended, and why tasks stopped where one did not succeed."""
    found = rollouts.last(target)
    lines = [
        f"  {name:<9} {_state(one)}, {_when(one)}{one.reason and f': {one.reason}'}"
        for name, one in zip(("last", "before it"), found, strict=False)
    ]
    if found and found[0].pauses:
        yes, no = target.command("approve"), target.command("approve", "--reject")
        lines.insert(1, f"  {'':<9} it waits for a person: {yes}, or {no}")
    if any(one.status != rollouts.SUCCEEDED for one in found):
        lines += [f"  task {task.id} stopped: {task.reason}" for task in stopped_tasks.read(target)]
    if lines:
        text = "\n".join([styled(f"Roll-outs of {target.pipeline.service}", "bold"), *lines])
        teller.fact("rollouts", {"rollouts": [asdict(one) for one in found]}, text)


def _state(one: rollouts.Rollout) -> str:
    share = "" if one.share is None else f", the new revision has {one.share:g} % of the requests"
    return f"{rollouts.STATES.get(one.status, one.status)}{one.stage and f' ({one.stage})'}{share}"


def _when(one: rollouts.Rollout) -> str:
    begun = f"{one.started.astimezone():%Y-%m-%d %H:%M:%S}"
    if one.finished is None:
        return f"since {begun}"
    return f"{begun} to {one.finished.astimezone():%H:%M:%S}"


def _show_execution(target: Target, execution: Execution, teller: ReleaseReporter) -> None:
    now = datetime.now(UTC)
    going_on = rollouts.going_on(target) if any(one.is_rollout for one in execution.at_work()) else None
    obstacle = blocked_stages.find(target, execution, going_on)
    reason = f": {execution.reason.rstrip('.')}" if execution.reason else ""
    head = f"{formatting.described(execution)}: {formatting.state(execution.status)}{reason}"
    details = {one.id: one.error_message for one in execution.failures()}
    lines = [styled(head, "bold"), *progress_view.lines(progress_view.Picture(execution, now, details))]
    content = {**asdict(execution), "waiting": obstacle}
    teller.fact("execution", content, "\n".join([*lines, *([obstacle] if obstacle else [])]))


def _show_others(teller: ReleaseReporter, others: Sequence[Summary]) -> None:
    if not others:
        return
    lines = [styled("Others, newest first", "bold")]
    for one in others:
        state = styled(f"{formatting.state(one.status):<11}", formatting.STYLES.get(one.status, "yellow"))
        took = formatting.span((one.updated - one.started).total_seconds())
        what = (
            f"back to {formatting.short(one.target)}"
            if one.target
            else ", ".join(formatting.revision(each) for each in one.revisions)
        )
        begun, this = f"{one.started.astimezone():%Y-%m-%d %H:%M}", formatting.short(one.id)
        lines.append(f"  {begun}  {state}  {took:>10}  {this}  {what}".rstrip())
    teller.fact("executions", {"executions": [asdict(one) for one in others]}, "\n".join(lines))
