"""Finds the execution that a command is about, or says that there is none."""

from delivery.aws.errors import RefusedByAwsError
from delivery.releases.model import executions_api
from delivery.releases.model.execution import Execution
from delivery.releases.model.target import Target
from delivery.releases.operations import start
from delivery.releases.output import formatting
from reporting.errors import CannotRunError

LENGTH = 36
"""Characters of an execution's id: https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineExecution.html"""

UNKNOWN = ("PipelineExecutionNotFoundException", "ValidationException", "InvalidArgument")
"""What AWS answers to an id that it has no execution of, or that is no id."""


def newest(target: Target) -> Execution:
    """Return the newest execution; ``CannotRunError`` where there has never been one."""
    start.structure(target)
    for summary in executions_api.summaries(target.aws, target.name):
        return executions_api.execution(target.aws, target.name, summary.id)
    raise CannotRunError(f"{target.name}: there has been no release yet; start one with {target.command('release')}.")


def named(target: Target, execution_id: str | None) -> Execution:
    """Return the execution of that id, or the newest one."""
    if execution_id is None:
        return newest(target)
    start.structure(target)
    try:
        return executions_api.execution(target.aws, target.name, _whole(target, execution_id))
    except RefusedByAwsError as refusal:
        if refusal.code not in UNKNOWN:
            raise
        raise CannotRunError(
            f"{target.name}: it has no execution {execution_id!r}; {target.command('status')} lists the ids of its "
            "executions."
        ) from None


def _whole(target: Target, execution_id: str) -> str:
    """Return the id that begins like a shorter one; the same where none does."""
    if not formatting.SHORT_EXECUTION <= len(execution_id) < LENGTH:
        return execution_id
    found = (one.id for one in executions_api.summaries(target.aws, target.name) if one.id.startswith(execution_id))
    return next(found, execution_id)


def running(target: Target, execution_id: str) -> Execution:
    """Return the execution of that id, whether it runs or not; with an empty id the newest that runs."""
    if execution_id:
        return named(target, execution_id)
    start.structure(target)
    for summary in executions_api.summaries(target.aws, target.name):
        if summary.running:
            return executions_api.execution(target.aws, target.name, summary.id)
    raise nothing_runs(target)


def only_running(target: Target, execution_id: str | None) -> Execution:
    """Return the execution of that id, or the only one that runs; ``CannotRunError`` where none or several do."""
    if execution_id is not None:
        return named(target, execution_id)
    start.structure(target)
    found = [one for one in executions_api.newest_summaries(target.aws, target.name) if one.running]
    if not found:
        raise nothing_runs(target)
    if len(found) > 1:
        ids = ", ".join(formatting.short(one.id) for one in found)
        raise CannotRunError(f"{target.name}: several executions run; say with --execution which is meant: {ids}.")
    return executions_api.execution(target.aws, target.name, found[0].id)


def nothing_runs(target: Target) -> CannotRunError:
    """Make the refusal of what needs an execution that runs."""
    return CannotRunError(f"{target.name}: no release runs; start one with {target.command('release')}.")
