"""Why a running execution does not move, and what moves it."""

from delivery.aws import console_links
from delivery.releases.model import stage_state
from delivery.releases.model.execution import SUCCEEDED, UNFINISHED, Execution, Stage
from delivery.releases.model.stage_state import StageState
from delivery.releases.model.target import Target
from delivery.releases.output import formatting


def find(target: Target, now: Execution) -> str:
    """Say what the execution waits for; empty where something is at work, or nothing is known to be in the way."""
    at_work = now.at_work()
    if not now.running:
        return ""
    questions = [one for one in at_work if one.is_approval]
    if questions and len(questions) == len(at_work):
        names = ", ".join(formatting.action(one.stage, one.action) for one in questions)
        yes = target.command("approve", "--execution", now.id)
        no = target.command("approve", "--execution", now.id, "--reject")
        return f"{names} waits for a person: {yes}, or {no}."
    if at_work:
        return ""
    following = _next_stage(now)
    if following is None:
        return ""
    there = next((one for one in stage_state.read(target.aws, target.name) if one.name == following.name), None)
    return _in_front_of(target, now, there) if there else ""


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
        return f"Stage {stage.name} is taken by execution {stage.execution}; this one waits until it is through."
    return ""
