"""Decides whether a plan is executed: what is refused, what is asked, what was agreed to beforehand."""

from delivery.cli.prompts import Consent, ask
from delivery.deploy.options import DeployOptions
from delivery.model.plan import Action, StackPlan
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
