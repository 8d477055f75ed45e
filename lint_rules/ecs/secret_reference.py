import re
from collections.abc import Iterator

from lint_rules.ecs.task import TASK_DEFINITION, containers
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class SecretReference(Rule):
    """A secret that is named in a form that ECS does not read."""

    id = "E9510"
    shortdesc = "A container's secret is named in the form that ECS reads"
    description = (
        "ValueFrom is the ARN of a secret, with key, version stage and version after colons all three or "
        "none, or the name or ARN of a parameter. Of anything else the task fails to start."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html"
    types = (TASK_DEFINITION,)

    def faults(self, template: View) -> Iterator[Fault]:
        for task in template.resources(TASK_DEFINITION):
            for container in containers(task):
                for secret in (*container["Secrets"].items, *container["LogConfiguration"]["SecretOptions"].items):
                    text = secret["ValueFrom"].pattern or ""
                    why = _mistake(text, template)
                    if why:
                        yield fault(secret["ValueFrom"], f"{text}: {why}")


_SECRET = re.compile(r"arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:[^:]*(?P<rest>.*)", re.DOTALL)
_REFERENCE = re.compile(r"\$\{(?P<name>[A-Za-z0-9]+)\}(?P<rest>:.*)", re.DOTALL)
_UNKNOWN = re.compile(r"\$\{[^{}]*\}")
_COLONS = 3


def _mistake(text: str, template: View) -> str:
    if "{{resolve:" in text:
        return "this puts the value where its name is due, for all to read. Give the name or the ARN."
    reference = _REFERENCE.fullmatch(text)
    made = template.all_resources.get(reference["name"]) if reference else None
    is_secret = made is not None and made.type == "AWS::SecretsManager::Secret"
    known = _UNKNOWN.sub("x", text)
    found = reference if is_secret else _SECRET.fullmatch(known)
    if found and found["rest"] and found["rest"].count(":") != _COLONS:
        return "after the secret come key, version stage and version, each after a colon. Write :KEY::."
    if ":" not in known and "/" in text and not text.startswith(("/", "${")):
        return "the name of a parameter in a path begins with a slash. Add it."
    return ""
