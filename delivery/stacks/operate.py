"""Has AWS begin an operation on a stack and follows it to its end; the record knows at any time how far it came."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from delivery.aws import console_links
from delivery.aws.errors import RefusedByAwsError
from delivery.model import events
from delivery.stacks import request_tokens
from delivery.stacks.follow import Outcome, follow
from delivery.stacks.interruption import NotBegunError, runs_on
from delivery.stacks.operations import Kind
from delivery.stacks.record import Fate, Phase, Work


@contextmanager
def watched(work: Work, stack: str, stack_id: str, kind: Kind) -> Iterator[None]:
    """Within this, an operation on the stack may run in AWS: lost contact and interruptions say so."""
    link = console_links.events(work.aws.environment, stack_id)

    def sentence() -> str:
        fate = work.record.fate(stack)
        known = fate is not None and fate.phase is not Phase.ASKED
        begun = "" if known else f"it is not known whether its {kind} began; if it did, "
        return f"{stack}: {begun}the operation runs on in AWS, watched or not; its events: {link}"

    with runs_on(work.teller, sentence, lambda: (sentence(), work.come_back), stack=stack):
        yield


def operate(work: Work, stack: tuple[str, str], kind: Kind, begin: Callable[[str], object], total: int = 0) -> Outcome:
    """Have AWS do what ``begin`` asks it for, and follow it; ``stack`` is its name and id.

    ``begin`` is given the request's token. A refusal is raised as ``NotBegunError``.
    """
    name, stack_id = stack
    before, last = work.record.fate(name), events.latest(work.aws, stack_id)
    with watched(work, name, stack_id, kind):
        work.record.put(name, Fate(kind, Phase.ASKED))
        try:
            begin(request_tokens.token(work.command))
        except (RefusedByAwsError, NotBegunError) as refusal:
            work.record.put(name, before)
            raise NotBegunError(*refusal.sentences) from None
        return follow_on(work, stack, kind, last.id if last else None, total)


def follow_on(work: Work, stack: tuple[str, str], kind: Kind, last_seen: str | None, total: int = 0) -> Outcome:
    """Follow an operation that runs to its end, and record how it ended."""
    name, stack_id = stack
    work.record.put(name, Fate(kind, Phase.RUNNING))
    outcome = follow(work.aws, stack_id, kind, last_seen, work.teller, total)
    work.record.put(name, Fate(kind, Phase.SUCCEEDED if outcome.succeeded else Phase.FAILED, outcome.status))
    return outcome
