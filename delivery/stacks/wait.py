"""A stack that is being worked on: an own operation is joined, one of others is waited for, with a limit."""

from delivery.aws import console_links
from delivery.aws.polling import pauses
from delivery.aws.session import Aws
from delivery.model import events, stacks
from delivery.model.stacks import StackState
from delivery.output.reporter import Reporter
from delivery.stacks import failure_report, request_tokens
from delivery.stacks.operate import follow_on, watched
from delivery.stacks.operations import BEGINNINGS, Kind, is_running
from delivery.stacks.record import Work
from reporting.errors import CannotRunError, FailedError


def join_or_wait(work: Work, standing: StackState) -> None:
    """Come back when nothing works on the stack any more, or raise after the command's ``wait_minutes``.

    An operation that `bin/deploy` began is followed; its failure raises ``FailedError``. Any other is waited for.
    """
    latest = events.latest(work.aws, standing.id)
    token = latest.token if latest else ""
    if request_tokens.command_of(token) == "deploy":
        _join(work, standing, token)
    else:
        wait(work.aws, standing, work.teller)


def _join(work: Work, standing: StackState, token: str) -> None:
    work.teller.say(
        f"{standing.name}: {standing.status}, begun by {request_tokens.described(token)}; following it.",
        stack=standing.name,
        status=standing.status,
    )
    before, first = events.beginning_of(work.aws, standing.id, token)
    kind = BEGINNINGS.get(first.status if first else standing.status, Kind.UPDATE)
    with watched(work, standing.name, standing.id, kind):
        outcome = follow_on(work, (standing.name, standing.id), kind, before)
    if not outcome.succeeded:
        raise FailedError(*failure_report.sentences(work.aws, standing.name, standing.id, outcome))
    work.teller.say(f"{standing.name}: {outcome.status}.", stack=standing.name, status=outcome.status)


def wait(aws: Aws, standing: StackState, teller: Reporter) -> None:
    """Come back when nothing works on the stack any more; ``CannotRunError`` says who does for too long."""
    minutes = aws.wait_minutes
    latest = events.latest(aws, standing.id)
    token = latest.token if latest else ""
    teller.say(
        f"{standing.name}: {standing.status}, worked on by {request_tokens.described(token)}; "
        f"waiting {minutes:g} minutes at most.",
        stack=standing.name,
        status=standing.status,
    )
    status, news = standing.status, "no event"
    for passed in pauses(minutes):
        now = stacks.find(aws, standing.id)
        if now is None or not is_running(now.status):
            return
        latest, status = events.latest(aws, standing.id), now.status
        news = f"{latest.logical_id} {latest.status}" if latest else "no event"
        teller.progress(f"{standing.name}: {status} for {passed:.0f} s; latest event: {news}")
    link = console_links.events(aws.environment, standing.id)
    raise CannotRunError(
        f"{standing.name}: it is still in {status} after {minutes:g} minutes, worked on by "
        f"{request_tokens.described(token)}; the latest event: {news}.",
        f"Look at {link}, and run this again when it is done, or wait longer with --wait-minutes.",
    )
