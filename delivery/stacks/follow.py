"""Follows an operation on a stack until it ends, telling each of its events, and where it waits for a person."""

from collections.abc import Sequence
from dataclasses import dataclass

from delivery.aws.polling import pauses
from delivery.aws.session import Aws
from delivery.cli import spelling
from delivery.cli.options import words_for
from delivery.model import stacks
from delivery.model.events import Event, EventReader
from delivery.output.reporter import Reporter
from delivery.releases.model import rollouts
from delivery.stacks.operations import SUCCEEDED, Kind, is_running
from reporting.errors import CannotRunError

_SERVICE = "AWS::ECS::Service"


class PausedRollouts:
    """Tells each pause once, with the command that answers it."""

    def __init__(self, aws: Aws, stack_id: str, teller: Reporter) -> None:
        self._aws = aws
        self._stack_id = stack_id
        self._teller = teller
        self._told: set[str] = set()

    def tell(self, seen: Sequence[Event]) -> None:
        """Tell the pauses of the services that are at work after the stack's events so far."""
        last = {event.logical_id: event.status for event in seen if event.type == _SERVICE}
        at_work = [name for name, status in last.items() if is_running(status)]
        for one in stacks.resources(self._aws, self._stack_id) if at_work else ():
            cluster, _, service = one.physical_id.partition("/")[2].rpartition("/")
            if one.logical_id in at_work and cluster:
                self._tell(cluster, service)

    def _tell(self, cluster: str, service: str) -> None:
        rollout = next(iter(rollouts.of_service(self._aws, cluster, service)), None)
        for pause in rollout.pauses if rollout else ():
            if rollout and pause.hook not in self._told:
                self._told.add(pause.hook)
                words = [*words_for(self._aws.environment), "--service", service]
                yes, no = (f"`{spelling.command('approve', *words, *more)}`" for more in ((), ("--reject",)))
                text = f"The stack waits for {service}. {rollout.waits_for_person(yes, no)}"
                self._teller.say(text, deployment=pause.deployment, hook=pause.hook)


QUIET = 5.0
"""Seconds without an event after which the stack itself is asked its state."""

UNHEARD = 20.0
"""The same before the first event: until then, the stack may still be in the status before."""

UNKNOWN = "no state that AWS knows"
"""Stands for the status of a stack that AWS does not know any more, not even as a deleted one."""


@dataclass(frozen=True)
class Outcome:
    """How an operation ended: the stack's last status and the events, oldest first."""

    kind: Kind
    status: str
    reason: str
    events: Sequence[Event]
    seconds: float

    @property
    def succeeded(self) -> bool:
        """Whether the operation did what was asked."""
        return self.status in SUCCEEDED[self.kind]


def follow(aws: Aws, stack_id: str, kind: Kind, last_seen: str | None, teller: Reporter, total: int = 0) -> Outcome:
    """Follow the operation whose events come after ``last_seen`` (an event's id); ``total`` resources are expected.

    One that has not ended after the command's ``wait_minutes`` raises ``CannotRunError``.
    """
    reader, heard = EventReader(aws, stack_id, last_seen), 0.0
    seen: list[Event] = []
    paused = PausedRollouts(aws, stack_id, teller)
    for passed in pauses(aws.wait_minutes):
        new = reader.read()
        seen.extend(new)
        for event in new:
            heard = passed
            teller.event(event)
        end = next((event for event in reversed(new) if event.of_the_stack), None)
        if end is not None and not is_running(end.status):
            return Outcome(kind, end.status, end.reason, seen, passed)
        if passed - heard > (QUIET if seen else UNHEARD):
            heard = passed
            standing = stacks.find(aws, stack_id)
            if standing is None or not is_running(standing.status):
                status, reason = (standing.status, standing.reason) if standing else (UNKNOWN, "")
                return Outcome(kind, status, reason, seen, passed)
            paused.tell(seen)
        teller.progress(_progress(stack_id, seen, total, passed))
    raise CannotRunError(
        f"{_name(stack_id)}: it has not ended after {aws.wait_minutes:g} minutes; wait longer with --wait-minutes."
    )


def _progress(stack_id: str, seen: Sequence[Event], total: int, passed: float) -> str:
    """Say in one line how far it is: resources done, seconds, and what is being worked on."""
    last = {event.logical_id: event.status for event in seen if not event.of_the_stack}
    done = sum(not is_running(status) for status in last.values())
    working = [name for name, status in last.items() if is_running(status)]
    share = f"{done} of {max(total, len(last))}" if total else f"{done}"
    return f"{_name(stack_id)}: {share} resources done, {passed:.0f} s; {', '.join(working) or 'waiting for events'}"


def _name(stack_id: str) -> str:
    return stack_id.split("/")[1] if "/" in stack_id else stack_id
