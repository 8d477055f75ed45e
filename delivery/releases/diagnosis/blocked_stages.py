"""Why a running execution does not move, and what moves it."""

from delivery.aws import console_links
from delivery.releases.model import stage_state, stopped_tasks
from delivery.releases.model.execution import SUCCEEDED, UNFINISHED, Execution, Stage
from delivery.releases.model.rollouts import Rollout
from delivery.releases.model.stage_state import Condition, StageState
from delivery.releases.model.target import Target
from delivery.releases.output import formatting


def find(target: Target, now: Execution, rollout: Rollout | None) -> str:
    """Say what the execution waits for; empty where something is at work, or nothing is known to be in the way.

    ``rollout`` is the one that goes on, where there is one.
    """
    at_work = now.at_work()
    if not now.running:
        return ""
    if rollout is not None and (found := _in_rollout(target, now, rollout)):
        return found
    questions = [one for one in at_work if one.is_approval]
    if questions and len(questions) == len(at_work):
        names = ", ".join(formatting.action(one.stage, one.action) for one in questions)
        yes = target.command("approve", "--execution", formatting.short(now.id))
        no = target.command("approve", "--execution", formatting.short(now.id), "--reject")
        return f"{names} waits for a person: {yes}, or {no}."
    if at_work:
        return ""
    stages = stage_state.read(target.aws, target.name)
    for condition in (one for stage in stages for one in stage.conditions):
        if condition.execution == now.id and condition.waits:
            return _held_by(target, condition)
    following = _next_stage(now)
    there = next((one for one in stages if following and one.name == following.name), None)
    return _in_front_of(target, now, there) if there else ""


def _in_rollout(target: Target, now: Execution, rollout: Rollout) -> str:
    if rollout.pauses:
        yes, no = (target.command("approve", "--execution", now.id, *more) for more in ((), ("--reject",)))
        return rollout.waits_for_person(yes, no)
    reason = stopped_tasks.reason_since(target, rollout.started) if rollout.starts_tasks else ""
    return _not_healthy(target, now, reason) if reason else ""


def _not_healthy(target: Target, now: Execution, reason: str) -> str:
    """Say so, for ECS has no circuit breaker here: it starts tasks anew until the action that waits gives up."""
    ends = [end for one in now.at_work() if one.is_rollout and (end := now.latest_end(one))]
    until = f" until {ends[0].astimezone():%H:%M}" if ends else ""
    stop = target.command("stop", "--roll-back")
    told = (
        f"The new tasks do not become healthy: {reason.rstrip('.')}. They get no request, and are started again{until}"
    )
    return f"{told}; {stop} ends that now, and what ran before continues."


def _held_by(target: Target, condition: Condition) -> str:
    what = {"BEFORE_ENTRY": "may not be entered yet", "ON_SUCCESS": "is done, and watched"}[condition.kind]
    go_on = target.command("override", "--execution", condition.execution)
    return f"Stage {condition.stage} {what}: {', '.join(condition.told)}. {go_on} continues without that."


def _next_stage(now: Execution) -> Stage | None:
    """Return the first stage that the execution is not through."""
    for stage in now.stages:
        latest = [now.latest(action) for action in stage.actions]
        if any(one is None or one.status != SUCCEEDED for one in latest):
            return stage
    return None


def _in_front_of(target: Target, now: Execution, stage: StageState) -> str:
    if not stage.open:
        words = (
            "codepipeline enable-stage-transition --transition-type Inbound",
            f"--pipeline-name {target.name} --stage-name {stage.name}",
        )
        command = console_links.command_line(target.environment, *words)
        closed = f"closed by {stage.closed_by or 'somebody'}: {stage.closed_because or 'no reason given'}"
        return f"The way into stage {stage.name} is {closed.rstrip('.')}. Open it with `{command}`."
    if stage.execution and stage.execution != now.id and stage.status in UNFINISHED:
        taken = formatting.short(stage.execution)
        return f"Stage {stage.name} is taken by execution {taken}; this one waits until it is through."
    return ""
