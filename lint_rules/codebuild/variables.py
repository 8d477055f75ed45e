"""Environment variables of projects."""

from collections.abc import Iterator

from lint_rules.codebuild.project import ProjectRule
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, fault
from lint_rules.model.secret import is_secret
from lint_rules.model.template import Resource


class VariableName(ProjectRule):
    id = "W9213"
    shortdesc = "A variable is named once, and not as CodeBuild's own"
    description = (
        "Names that begin with CODEBUILD_ are reserved: CodeBuild sets them itself. Of two variables of one "
        "name, one is lost."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html"

    def faults_of(self, project: Resource) -> Iterator[Fault]:
        seen: set[str] = set()
        for variable in project["Environment"]["EnvironmentVariables"].items:
            name = variable["Name"].text
            if name is not None and name.startswith("CODEBUILD_"):
                yield fault(variable["Name"], f"{name}: names that begin with CODEBUILD_ are reserved. Choose another.")
            if name is not None and name in seen:
                yield fault(
                    variable["Name"], f"The variable {name} is given twice, and one value is lost. Keep one of them."
                )
            seen.add(name or "")


class VariableReference(ProjectRule):
    id = "E9215"
    shortdesc = "A variable names its parameter or secret in the form its type has"
    description = (
        "A variable of type PARAMETER_STORE holds the name of a parameter, one of type SECRETS_MANAGER the "
        "name or ARN of a secret with, after colons, key and version. A build with another form fails in "
        "DOWNLOAD_SOURCE."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html"

    def faults_of(self, project: Resource) -> Iterator[Fault]:
        for variable in project["Environment"]["EnvironmentVariables"].items:
            kind, text = variable["Type"].text, variable["Value"].pattern or ""
            why = ""
            if kind == "PARAMETER_STORE":
                why = _parameter(text)
            elif kind == "SECRETS_MANAGER":
                why = _secret(text)
            elif kind not in {None, "PLAINTEXT"}:
                yield fault(
                    variable["Type"],
                    f"{kind} is not a type of variable. Use PLAINTEXT, PARAMETER_STORE or SECRETS_MANAGER.",
                )
            if why:
                yield fault(variable["Value"], f"{text}: {why}")


def _parameter(text: str) -> str:
    if "{{resolve:" in text:
        return "this puts the value where the parameter's name is due. Give the name alone."
    if ":secretsmanager:" in text:
        return "this is a secret. Set Type to SECRETS_MANAGER."
    if "/" in text and not text.startswith(("/", "arn:", "${")):
        return "the name of a parameter in a path begins with a slash. Add it."
    return ""


def _secret(text: str) -> str:
    if "{{resolve:" in text:
        return "this puts the value where the secret's name is due. Give the name or the ARN."
    if ":ssm:" in text and ":parameter/" in text:
        return "this is a parameter. Set Type to PARAMETER_STORE and give its name."
    return ""


class PlaintextSecret(ProjectRule):
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
