from collections.abc import Iterator

from lint_rules.codepipeline.configuration import unknown_keys
from lint_rules.codepipeline.structure import Action, ActionRule
from lint_rules.model.rule import Fault


class ConfigurationUnknown(ActionRule):
    """Configuration keys that an action provider does not take."""

    id = "W9105"
    shortdesc = "An action's configuration must have only keys that its provider takes"
    description = (
        "CreatePipeline refuses a configuration key that the action's provider does not know. Most are misspelt, "
        "or belong to another provider."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        yield from unknown_keys(action.configuration, action.kind, action.provider)
