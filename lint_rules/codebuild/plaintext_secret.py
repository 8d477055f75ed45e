from collections.abc import Iterator

from lint_rules.codebuild.project import ProjectRule
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, fault
from lint_rules.model.secret import is_secret
from lint_rules.model.template import Resource


class PlaintextSecret(ProjectRule):
    """Secrets written into a project."""

    id = "W9214"
    shortdesc = "A project's environment holds no secret"
    description = (
        "Whoever may look at the project or the template reads its plain variables, and builds print them. "
        "The value belongs in Secrets Manager or Parameter Store; the project holds its name."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html"

    def faults_of(self, project: Resource) -> Iterator[Fault]:
        for variable in project["Environment"]["EnvironmentVariables"].items:
            name, value = variable["Name"].text or "", variable["Value"]
            if (variable["Type"].absent or variable["Type"].text == "PLAINTEXT") and _is_secret(name, value):
                yield fault(
                    value,
                    f"The value of {name or 'this variable'} can be read by all who may look at the project. "
                    "Give its name, with Type SECRETS_MANAGER or PARAMETER_STORE.",
                )


def _is_secret(name: str, value: Node) -> bool:
    if isinstance(value.value, str):
        return is_secret(name, value.value)
    text = value.pattern or ""
    return "{{resolve:secretsmanager:" in text or "{{resolve:ssm-secure:" in text
