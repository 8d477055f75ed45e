from collections.abc import Iterator

from lint_rules.codepipeline.structure import Action, ActionRule
from lint_rules.model.rule import Fault, fault


class EndedProvider(ActionRule):
    """Actions of services that have ended."""

    id = "E9103"
    shortdesc = "The service behind an action must not have ended"
    description = "An action of a service that has ended can still be declared, and fails in every execution."
    source_url = "https://docs.aws.amazon.com/opsworks/latest/userguide/stacks-eol-faqs.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        if "ended" in action.kind:
            yield fault(action.type_id["Provider"], f"{action.kind['ended']}.")
