from collections.abc import Iterator

from lint_rules.codepipeline.structure import Action, ActionRule
from lint_rules.model.rule import Fault, fault

LAST = 999


class RunOrder(ActionRule):
    """A RunOrder out of its range."""

    id = "E9119"
    shortdesc = "RunOrder must be a whole number from 1 to 999"
    description = "CreatePipeline refuses a RunOrder below 1 or above 999."
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-requirements.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        order = action["RunOrder"]
        if order.number is not None and not 1 <= order.number <= LAST:
            yield fault(order, f"RunOrder is {order.number}. Set it to a whole number from 1 to {LAST}.")
