"""Shows the logs of builds and of tasks, once or as they grow."""

from collections.abc import Sequence
from dataclasses import dataclass

from delivery.aws.polling import looks
from delivery.releases.model import builds, executions_api, task_logs
from delivery.releases.model.execution import BUILD_PROVIDER, Attempt, Execution
from delivery.releases.model.log_stream import LogStream
from delivery.releases.model.target import Target
from delivery.releases.operations import select_execution
from delivery.releases.output import formatting
from delivery.releases.output.reporter import ReleaseReporter
from reporting.errors import CannotRunError


@dataclass(frozen=True)
class _Named:
    """A stream, and what its lines are marked with."""

    name: str
    stream: LogStream


def of_builds(
    target: Target, execution_id: str | None, action: str | None, teller: ReleaseReporter, *, follow: bool
) -> None:
    """Show what the builds of an execution wrote, one after another; with ``follow`` until the execution ends."""
    execution = select_execution.named(target, execution_id)
    _check_action(execution, action)
    streams: dict[str, LogStream] = {}
    several = action is None and len(_actions_with_builds(execution)) > 1
    for _ in looks(target.aws.wait_minutes):
        shown = _wanted(execution, action)
        known = builds.read(target.aws, [one.external_id for one in shown])
        for attempt in shown:
            build = known.get(attempt.external_id)
            if build is not None and build.stream:
                new = streams.setdefault(build.id, LogStream(target.aws, build.group, build.stream))
                to_the_end = not (follow and execution.running)
                _show(_Named(attempt.action if several else "", new), teller, to_the_end=to_the_end)
        if not follow or not execution.running:
            break
        execution = executions_api.execution(target.aws, target.name, execution.id, execution.stages)
    if not streams:
        which = f"action {action}" if action else "any action"
        raise CannotRunError(
            f"Execution {formatting.short(execution.id)}: no build of {which} has written anything yet."
        )


def of_tasks(target: Target, teller: ReleaseReporter, *, follow: bool) -> None:
    """Show what the service's tasks wrote; with ``follow`` what they write until Ctrl-C, new tasks included."""
    streams: dict[str, _Named] = {}
    for _ in looks(target.aws.wait_minutes):
        for task, stream in task_logs.streams(target).items():
            streams.setdefault(task, _Named(task[:8], stream))
        if not streams and not follow:
            name = target.pipeline.ecs_service
            raise CannotRunError(
                f"{name}: no task of it runs or has stopped lately; {target.command('status')} shows its state."
            )
        for named in streams.values():
            _show(named, teller, to_the_end=not follow)
        if not follow:
            return


def _show(named: _Named, teller: ReleaseReporter, *, to_the_end: bool) -> None:
    for lines in named.stream.pages(all_of_them=to_the_end):
        teller.log(named.name, lines)


def _wanted(execution: Execution, action: str | None) -> Sequence[Attempt]:
    return [one for one in execution.attempts if one.is_build and action in (None, one.action)]


def _actions_with_builds(execution: Execution) -> Sequence[str]:
    return [one.name for stage in execution.stages for one in stage.actions if one.provider == BUILD_PROVIDER]


def _check_action(execution: Execution, action: str | None) -> None:
    known = _actions_with_builds(execution)
    if action is not None and action not in known:
        raise CannotRunError(f"--action: found {action!r}; allowed: {', '.join(known) or 'none, as nothing is built'}.")
