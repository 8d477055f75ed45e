from collections.abc import Iterator

from lint_rules.codepipeline.structure import Action, ActionRule
from lint_rules.model.rule import Fault, fault

SHORTEST, LONGEST = 5, 86400
ADVICE = "Take it out; a build's limit is set on its project."


class ActionTimeout(ActionRule):
    """A time limit where none can be set, or out of its range."""

    id = "E9120"
    shortdesc = "TimeoutInMinutes is for manual approvals, from 5 to 86400"
    description = (
        "Only manual approvals can have a time limit of their own: 5 minutes to 60 days. CreatePipeline refuses "
        "it on any other action."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionDeclaration.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        timeout = action["TimeoutInMinutes"]
        if timeout.present and action.kind and action.provider != "Manual":
            yield fault(
                timeout, f"{action.provider} takes no TimeoutInMinutes, which is for manual approvals. {ADVICE}"
            )
        elif timeout.number is not None and not SHORTEST <= timeout.number <= LONGEST:
            yield fault(timeout, f"TimeoutInMinutes is {timeout.number}. Set it to {SHORTEST} to {LONGEST}.")
