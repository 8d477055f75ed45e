from collections.abc import Iterator

from lint_rules.codepipeline.configuration import missing_keys
from lint_rules.codepipeline.structure import Action, ActionRule
from lint_rules.model.rule import Fault


class ConfigurationMissing(ActionRule):
    """Configuration keys that an action provider needs."""

    id = "E9104"
    shortdesc = "An action's configuration must have the keys that its provider needs"
    description = "CreatePipeline refuses an action without a configuration key that its provider needs."
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        yield from missing_keys(action.node, action.configuration, action.kind, action.provider)
