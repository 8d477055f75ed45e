"""A release from its start to what is deployed then."""

from dataclasses import dataclass

from delivery.releases.diagnosis import failure_report
from delivery.releases.model.execution import FAILED, SUCCEEDED, Execution
from delivery.releases.model.target import Target
from delivery.releases.model.unanswered import nothing_begun
from delivery.releases.operations import missing_parts, select_execution, start, wait_for_service
from delivery.releases.operations.follow import closing, follow
from delivery.releases.output import formatting
from delivery.releases.output.reporter import ReleaseReporter
from delivery.stacks.interruption import runs_on
from delivery.stacks.record import Record
from reporting.errors import FailedError


@dataclass(frozen=True)
class ReleaseOptions:
    """What is asked for. ``follow``: an execution's id, ``""`` for the newest that runs, ``None`` to start one."""

    commit: str | None
    working_tree: bool
    follow: str | None
    wait: bool


def release(target: Target, wanted: ReleaseOptions, teller: ReleaseReporter) -> None:
    """Release, and tell of it; a release that ends in any way but well raises ``FailedError``."""
    execution_id = _execution(target, wanted, teller)
    if wanted.wait:
        follow_to_end(target, execution_id, teller)


def follow_to_end(target: Target, execution_id: str, teller: ReleaseReporter, before: Execution | None = None) -> None:
    """Follow an execution to its end, and what it deployed until it answers; ``before`` as ``follow`` takes it."""
    ended = follow(target, execution_id, teller, before)
    teller.fact(
        "ended",
        {"execution": ended.id, "status": ended.status, "reason": ended.reason},
        f"{target.name}: execution {formatting.short(ended.id)} {_said(ended)}.",
    )
    with closing(target, ended, teller) as record:
        _told(target, ended, teller, record)


def _told(target: Target, ended: Execution, teller: ReleaseReporter, record: Record) -> None:
    status = target.command("status")
    if ended.status == FAILED:
        failed = f"The release failed; {status} shows its state."
        with runs_on(teller, lambda: failed, lambda: (failed,)):
            raise FailedError(*failure_report.sentences(target, ended))
    if ended.status != SUCCEEDED:
        raise FailedError(*_unfinished(target, ended))
    sentence = f"The image is deployed, watched or not; {status} shows whether its tasks run."
    with runs_on(teller, lambda: sentence, lambda: (sentence,)):
        wait_for_service.wait_until_healthy(target, teller, record)


def _execution(target: Target, wanted: ReleaseOptions, teller: ReleaseReporter) -> str:
    with nothing_begun(teller):
        if wanted.follow is not None:
            return select_execution.running(target, wanted.follow).id
        revision = start.commit_id(wanted.commit) if wanted.commit else None
        if wanted.working_tree:
            revision = start.working_tree(target)
        source = start.source_action(target)
        missing_parts.tell_missing_secrets(target, teller)
        missing_parts.tell_missing_engine(target, teller)
    execution_id = start.start(target, source, revision, teller)
    follow_it = (
        ""
        if wanted.wait
        else f" Follow it with {target.command('release', '--follow', formatting.short(execution_id))}."
    )
    teller.fact(
        "started",
        {"execution": execution_id, "pipeline": target.name},
        f"{target.name}: started execution {formatting.short(execution_id)}.{follow_it}",
    )
    return execution_id


def _said(ended: Execution) -> str:
    reason = f": {ended.reason.rstrip('.')}" if ended.reason else ""
    return f"{ended.status.lower()}{reason}" if ended.status != SUCCEEDED else "succeeded"


def _unfinished(target: Target, ended: Execution) -> list[str]:
    """Say why an execution that neither succeeded nor failed released nothing.

    https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineExecution.html
    """
    if ended.status == "Superseded":
        follow_it = target.command("release", "--follow")
        this = formatting.short(ended.id)
        return [f"A newer execution took the place of {this} before it was through; follow it with {follow_it}."]
    status, again = target.command("status"), target.command("release")
    this, became = formatting.short(ended.id), ended.status.lower()
    sentence = f"Execution {this} was {became} before it was through, so it released nothing"
    return [f"{sentence}; look at what runs with {status}, and release again with {again}."]
