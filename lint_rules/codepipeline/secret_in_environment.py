from collections.abc import Iterator, Mapping

from lint_rules.codepipeline.json_text import read_json
from lint_rules.codepipeline.structure import Action, ActionRule
from lint_rules.model.rule import Fault, fault
from lint_rules.model.secret import is_secret

ADVICE = "Give the name of a secret, with the type SECRETS_MANAGER."


class SecretInEnvironment(ActionRule):
    """Secrets among the environment variables of an action."""

    id = "W9152"
    shortdesc = "A secret must not be among the environment variables of an action"
    description = (
        "Whoever may look at the pipeline or the template reads plain variables, and builds print them. The value "
        "belongs in Secrets Manager or Parameter Store; the action is given its name."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html"

    def faults_of(self, action: Action) -> Iterator[Fault]:
        plain = action.configuration["EnvironmentVariables"]
        read = read_json(plain) if "EnvironmentVariables" in action.kind.get("json", {}) else None
        for item in read if isinstance(read, list) else ():
            if isinstance(item, Mapping) and item.get("type", "PLAINTEXT") == "PLAINTEXT":
                name, text = item.get("name"), item.get("value")
                if isinstance(name, str) and isinstance(text, str) and text != "0" and is_secret(name, text):
                    yield fault(plain, f"The value of {name} can be read by all. {ADVICE}")
        for variable in action["EnvironmentVariables"].items:
            name, value = variable["Name"].text or "", variable["Value"].value
            if variable["Type"].text in {None, "PLAINTEXT"} and isinstance(value, str) and is_secret(name, value):
                yield fault(variable["Value"], f"The value of {name} can be read by all. {ADVICE}")
