"""Decides whether a plan is executed, and executes it: the very change set that was shown."""

from delivery.aws.errors import RefusedByAwsError
from delivery.cli.prompts import Consent, ask
from delivery.deploy.change_sets import Draft
from delivery.deploy.options import DeployOptions
from delivery.model.plan import Action, Operation, StackPlan
from delivery.stacks.follow import Outcome
from delivery.stacks.interruption import NotBegunError
from delivery.stacks.operate import operate
from delivery.stacks.operations import Kind
from delivery.stacks.record import Work
from reporting.errors import CannotRunError
from settings.environment import Environment

FATES = {
    Action.REMOVED: "would be removed",
    Action.REPLACED: "would be replaced",
    Action.MAY_BE_REPLACED: "would perhaps be replaced",
}
"""What would happen to a stateful resource, in words."""


class Approver:
    """Knows what was agreed to so far."""

    def __init__(self, choices: DeployOptions, environment: Environment) -> None:
        self._choices = choices
        self._environment = environment
        self._agreed = choices.agreed

    def check_plan(self, plan: StackPlan) -> None:
        """Return when ``plan`` may be executed; a refusal, by this program or by whoever was asked, is raised."""
        if plan.losses() and not self._choices.allow_replacement:
            raise CannotRunError(*_loss_sentences(plan))
        self.check(
            f"{plan.operation.value.capitalize()} stack {plan.stack}?",
            f"{plan.stack}: not agreed to, so it was not changed, and none after it.",
        )

    def check(self, question: str, refused: str, *reasons: str) -> None:
        """Return when what ``question`` asks is agreed to; a no is raised as ``CannotRunError(refused)``.

        Where nobody can be asked, the refusal begins with the ``reasons`` for asking.
        """
        if self._agreed or (self._environment.unattended and not self._choices.askable):
            return
        if not self._choices.askable:
            raise CannotRunError(
                *reasons,
                f"environment {self._environment.name}: there is no terminal to ask on; look at the changes with "
                "--review, then agree to them with --yes.",
            )
        consent = ask(question)
        if consent is Consent.NO:
            raise CannotRunError(refused)
        self._agreed = consent is Consent.TO_ALL


def _loss_sentences(plan: StackPlan) -> list[str]:
    return [
        *(
            f"{plan.stack}: {change.logical_id} ({change.type}) {change.physical_id} {FATES[change.action]}: "
            f"{'it stays in the account, but outside the stack' if change.kept else change.loss}."
            for change in plan.losses()
        ),
        "If this is meant, save what is in there, and run it again with --allow-replacement.",
    ]


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
