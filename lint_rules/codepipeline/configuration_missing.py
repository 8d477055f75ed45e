from collections.abc import Iterator

from lint_rules.codepipeline.configuration import missing_keys
from lint_rules.codepipeline.structure import PIPELINE, actions
from lint_rules.model.rule import Fault, Rule
from lint_rules.model.template import View


class ConfigurationMissing(Rule):
    """Configuration keys that an action provider needs."""

    id = "E9104"
    shortdesc = "An action's configuration must have the keys that its provider needs"
    description = "CreatePipeline refuses an action without a configuration key that its provider needs."
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference.html"
    types = (PIPELINE,)

    def faults(self, template: View) -> Iterator[Fault]:
        for action in actions(template):
            yield from missing_keys(action.node, action.configuration, action.kind, action.provider)
