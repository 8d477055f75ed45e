"""Deletes a stack, in spite of its termination protection, which is there against slips of the hand."""

from collections.abc import Iterator
from contextlib import contextmanager

from delivery.aws.errors import RefusedByAwsError
from delivery.aws.session import Aws
from delivery.model.stacks import StackState
from delivery.stacks import failure_report
from delivery.stacks.follow import Outcome
from delivery.stacks.operate import operate
from delivery.stacks.operations import Kind
from delivery.stacks.record import Phase, Work
from reporting import signals
from reporting.errors import CannotRunError, FailedError


def put_on(aws: Aws, standing: StackState) -> bool:
    """Protect the stack; tell whether it was unprotected before."""
    if standing.protected:
        return False
    _set(aws, standing, on=True)
    return True


@contextmanager
def off(work: Work, standing: StackState) -> Iterator[None]:
    """Within this, the stack can be deleted. It is protected again, if it was, unless it is gone or about to be."""
    if not standing.protected:
        yield
        return
    refused = False
    try:
        try:
            _set(work.aws, standing, on=False)
        except RefusedByAwsError:
            refused = True
            raise
        work.teller.say(f"{standing.name}: termination protection is off.", stack=standing.name, protected=False)
        yield
    finally:
        fate = work.record.fate(standing.name)
        if not refused and (fate is None or fate.phase is Phase.FAILED):
            _put_back(work, standing)
        elif fate is not None and fate.phase in (Phase.ASKED, Phase.RUNNING):
            work.record.note(f"termination protection of {standing.name} is off", changed=True)


def _put_back(work: Work, standing: StackState) -> None:
    try:
        with signals.shielded():
            _set(work.aws, standing, on=True)
    except CannotRunError as error:
        work.record.note(
            f"termination protection of {standing.name} is off and could not be put on again "
            f"({error.sentences[0].rstrip('.')})",
            changed=True,
        )
        return
    work.teller.say(f"{standing.name}: termination protection is on again.", stack=standing.name, protected=True)


def _set(aws: Aws, standing: StackState, *, on: bool) -> None:
    aws.cloudformation.update_termination_protection(StackName=standing.id, EnableTerminationProtection=on)


def delete(work: Work, standing: StackState, total: int = 0) -> Outcome:
    """Delete the stack; what does not end in DELETE_COMPLETE raises ``FailedError``.

    AWS refuses some deletions at once, and some, such as that of an export in use, in an event:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
    """

    def begin(token: str) -> None:
        work.aws.cloudformation.delete_stack(StackName=standing.id, ClientRequestToken=token)

    with off(work, standing):
        outcome = operate(work, (standing.name, standing.id), Kind.DELETE, begin, total)
    if not outcome.succeeded:
        raise FailedError(*failure_report.sentences(work.aws, standing.name, standing.id, outcome))
    return outcome
