from collections.abc import Iterator

from lint_rules.codepipeline.structure import Action, ActionRule
from lint_rules.model.rule import Fault, fault

ADVICE = "Refer to it as {{resolve:secretsmanager:NAME}}, or take it as a parameter with NoEcho."


class SecretInConfiguration(ActionRule):
    """Secrets that are written in a template."""

    id = "W9141"
    shortdesc = "A secret of an action's configuration must not be written in the template"
    description = (
        "A token in a template can be read by everyone who may read the repository or the stack. A dynamic "
        "reference to Secrets Manager keeps it out of both."
    )
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        for key in action.kind.get("secrets", ()):
            value = action.configuration[key]
            if isinstance(value.value, str) and value.value and not value.value.startswith(("{{resolve:", "****")):
                yield fault(value, f"{key} is written in the template. {ADVICE}")
