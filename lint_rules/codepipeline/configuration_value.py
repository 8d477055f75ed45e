from collections.abc import Iterator

from lint_rules.codepipeline.configuration import wrong_values
from lint_rules.codepipeline.structure import Action, ActionRule
from lint_rules.model.rule import Fault


class ConfigurationValue(ActionRule):
    """Configuration values that an action provider refuses."""

    id = "E9106"
    shortdesc = "A configuration value must be one of those allowed, in its range and of the right form"
    description = (
        "Action providers take fixed values for some configuration keys, numbers in a range for others, and names "
        "or ARNs of a certain form. Some are refused when the pipeline is made, the others fail in every "
        "execution."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        yield from wrong_values(action.configuration, action.kind)
