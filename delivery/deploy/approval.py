"""Decides whether a plan is executed: what is refused, what is asked, what was agreed to beforehand."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from delivery.cli.prompts import Consent, ask
from delivery.model.plan import Action
from reporting.errors import CannotRunError

if TYPE_CHECKING:
    from delivery.deploy.options import Choices
    from delivery.model.plan import StackPlan
    from settings.environment import Environment


FATES = {
    Action.REMOVED: "would be removed",
    Action.REPLACED: "would be replaced",
    Action.MAY_BE_REPLACED: "would perhaps be replaced",
}
"""What would happen to a stateful resource, in words."""


class Verdict(Enum):
    """What becomes of a plan."""

    EXECUTE = auto()
    EXECUTE_ALL = auto()
    """Execute this one, and all that follow without asking."""
    ONLY_LOOK = auto()


def decide(plan: StackPlan, choices: Choices, environment: Environment) -> Verdict:
    """Give the verdict on ``plan``; a refusal, by this program or by whoever was asked, raises ``CannotRunError``."""
    if choices.review:
        return Verdict.ONLY_LOOK
    if plan.losses() and not choices.allow_replacement:
        raise CannotRunError(*_loss_sentences(plan))
    if choices.agreed:
        return Verdict.EXECUTE
    if choices.askable:
        return _asked(plan)
    if environment.unattended:
        return Verdict.EXECUTE
    raise refusal_unasked(environment)


def may_mend(choices: Choices, environment: Environment) -> bool:
    """Tell whether leftovers of earlier tries may be cleared away: somebody agreed, or is there to see it."""
    return choices.agreed or choices.askable or choices.review or environment.unattended


def refusal_unasked(environment: Environment) -> CannotRunError:
    """Make the refusal of a change that nobody can be asked about."""
    return CannotRunError(
        f"environment {environment.name}: there is no terminal to ask on; look at the changes with --review, "
        "then agree to them with --yes.",
        "Nothing was changed.",
    )


def _asked(plan: StackPlan) -> Verdict:
    word = plan.operation.value.lower()
    consent = ask(f"{word.capitalize()} stack {plan.stack}?")
    if consent is Consent.NO:
        raise CannotRunError(f"{plan.stack}: not agreed to, so it was not changed, and none after it.")
    return Verdict.EXECUTE_ALL if consent is Consent.TO_ALL else Verdict.EXECUTE


def _loss_sentences(plan: StackPlan) -> list[str]:
    return [
        *(
            f"{plan.stack}: {change.logical_id} ({change.type}) {change.physical_id} {FATES[change.action]}: "
            f"{'it stays in the account, but outside the stack' if change.kept else change.loss}."
            for change in plan.losses()
        ),
        "Nothing was changed. If this is meant, save what is in there, and run it again with --allow-replacement.",
    ]
