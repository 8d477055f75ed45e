from collections.abc import Iterator

from lint_rules.codepipeline.json_text import wrong_json
from lint_rules.codepipeline.structure import Action, ActionRule
from lint_rules.model.rule import Fault


class ConfigurationJson(ActionRule):
    """JSON in a configuration that cannot be read, or is of the wrong shape."""

    id = "E9109"
    shortdesc = "JSON in an action's configuration must be valid and of the shape that the provider reads"
    description = (
        "CodeBuild actions take environment variables as a JSON list of objects with name, value and type, "
        "CloudFormation actions take parameter overrides as a JSON object, both in a text. The action fails in "
        "every execution if the text is something else."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        for key, shape in action.kind.get("json", {}).items():
            yield from wrong_json(action.configuration[key], key, shape)
