"""Executes a plan: the very change set that was shown."""

from delivery.aws.errors import RefusedByAwsError
from delivery.deploy.change_sets import Draft
from delivery.model.plan import Operation, StackPlan
from delivery.stacks.follow import Outcome
from delivery.stacks.interruption import NotBegunError
from delivery.stacks.operate import operate
from delivery.stacks.operations import Kind
from delivery.stacks.record import Work

KINDS = {Operation.CREATE: Kind.CREATE, Operation.UPDATE: Kind.UPDATE}


def execute(work: Work, plan: StackPlan, draft: Draft) -> Outcome:
    """Execute the plan and follow it to its end; the change set is no draft any more once AWS was asked to.

    Resources that this operation makes are removed again when it fails, whatever their deletion policy: otherwise they
    would stand in the way of the next try.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html
    """

    def begin(token: str) -> None:
        draft.keep()
        try:
            work.aws.cloudformation.execute_change_set(
                ChangeSetName=plan.change_set_id,
                StackName=plan.stack_id,
                ClientRequestToken=token,
                RetainExceptOnCreate=True,
            )
        except RefusedByAwsError as refusal:
            draft.drop()
            raise _refused(plan, refusal) from None

    try:
        return operate(work, (plan.stack, plan.stack_id), KINDS[plan.operation], begin, len(plan.resources))
    except RefusedByAwsError as refusal:
        raise _refused(plan, refusal) from None


def _refused(plan: StackPlan, refusal: RefusedByAwsError) -> NotBegunError:
    """Say why the plan was not executed; InvalidChangeSetStatus is AWS's word for a change set that is obsolete."""
    if refusal.says_missing:
        return NotBegunError(
            f"{plan.stack}: the change set that was shown is gone: somebody else has deployed or removed "
            "this stack meanwhile. Run it again to see what is to be done now."
        )
    if refusal.code.startswith("InvalidChangeSetStatus"):
        return NotBegunError(
            f"{plan.stack}: the change set that was shown can't be executed any more ({refusal.message.rstrip('.')}): "
            "somebody else has deployed this stack meanwhile. Run it again to see what is to be done now."
        )
    return NotBegunError(*refusal.sentences, f"{plan.stack}: it was not changed.")
