from collections.abc import Iterator

from lint_rules.codepipeline.structure import Action, ActionRule
from lint_rules.model.rule import Fault, fault


class SupersededProvider(ActionRule):
    """Action providers that AWS advises against."""

    id = "W9142"
    shortdesc = "A source action must not use a provider that another has superseded"
    description = (
        "The GitHub action of version 1 keeps a personal token with access to all repositories of a person, and "
        "is not recommended by AWS; a connection is an app with access to those chosen, and can have triggers."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/update-github-action-connections.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        if "superseded" in action.kind:
            provider = action.type_id["Provider"]
            yield fault(provider, f"{action.provider} is superseded. Use {action.kind['superseded']}.")
