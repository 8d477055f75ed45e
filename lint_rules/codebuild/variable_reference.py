from collections.abc import Iterator

from lint_rules.codebuild.project import ProjectRule
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import Resource


class VariableReference(ProjectRule):
    """References to parameters and secrets in the wrong form."""

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
