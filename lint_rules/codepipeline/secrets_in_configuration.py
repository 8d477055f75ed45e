"""Secrets that everybody reads who may read the pipeline."""

from collections.abc import Iterator, Mapping

from lint_rules.codepipeline.json_text import read_json
from lint_rules.codepipeline.structure import Action, ActionRule
from lint_rules.model.rule import Fault, fault
from lint_rules.model.secret import is_secret

REFERENCE_ADVICE = "Refer to it as {{resolve:secretsmanager:NAME}}, or take it as a parameter with NoEcho."


class SecretInConfiguration(ActionRule):
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
                yield fault(value, f"{key} is written in the template. {REFERENCE_ADVICE}")


NAME_ADVICE = "Give the name of a secret, with the type SECRETS_MANAGER."


class SecretInEnvironment(ActionRule):
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
                    yield fault(plain, f"The value of {name} can be read by all. {NAME_ADVICE}")
        for variable in action["EnvironmentVariables"].items:
            name, value = variable["Name"].text or "", variable["Value"].value
            if variable["Type"].text in {None, "PLAINTEXT"} and isinstance(value, str) and is_secret(name, value):
                yield fault(variable["Value"], f"The value of {name} can be read by all. {NAME_ADVICE}")
