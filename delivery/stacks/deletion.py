"""Deletes a stack, in spite of its termination protection, and follows that to its end."""

from delivery.model.stacks import StackState
from delivery.stacks import failure_report, termination_protection
from delivery.stacks.follow import Outcome
from delivery.stacks.operate import operate
from delivery.stacks.operations import Kind
from delivery.stacks.record import Work
from reporting.errors import FailedError


def delete(work: Work, standing: StackState, total: int = 0) -> Outcome:
    """Delete the stack; what does not end in DELETE_COMPLETE raises ``FailedError``.

    AWS refuses some deletions at once, and some, such as that of an export in use, in an event:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
    """

    def begin(token: str) -> None:
        work.aws.cloudformation.delete_stack(StackName=standing.id, ClientRequestToken=token)

    with termination_protection.off(work, standing):
        outcome = operate(work, (standing.name, standing.id), Kind.DELETE, begin, total)
    if not outcome.succeeded:
        raise FailedError(*failure_report.sentences(work.aws, standing.name, standing.id, outcome))
    return outcome
