from collections.abc import Iterator

from lint_rules.codepipeline.structure import PIPELINE, actions
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class SupersededProvider(Rule):
    """Action providers that AWS advises against."""

    id = "W9142"
    shortdesc = "A source action must not use a provider that another has superseded"
    description = (
        "The GitHub action of version 1 keeps a personal token with access to all repositories of a person, and "
        "is not recommended by AWS; a connection is an app with access to those chosen, and can have triggers."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/update-github-action-connections.html"
    types = (PIPELINE,)

    def faults(self, template: View) -> Iterator[Fault]:
        for action in actions(template):
            if "superseded" in action.kind:
                provider = action.type_id["Provider"]
                yield fault(provider, f"{action.provider} is superseded. Use {action.kind['superseded']}.")
