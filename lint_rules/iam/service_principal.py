from collections.abc import Iterator
from difflib import get_close_matches

from aws_facts import facts
from lint_rules.model.policy import PolicyRule, statements
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import View

_DOMAIN = ".amazonaws.com"
_ALIKE = 0.84


class ServicePrincipal(PolicyRule):
    """Misspelt services."""

    id = "E9309"
    shortdesc = "A service principal is spelt as AWS spells it"
    description = (
        "IAM, S3, SQS and KMS refuse a policy with a service principal that does not exist (Invalid principal in "
        "policy). Most are the service's short name and .amazonaws.com, but not all: tasks of ECS are ecs-tasks."
    )
    source_url = (
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services"
    )

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template):
            for principal in statement.principals:
                name = principal.node.text
                if principal.kind == "Service" and name and (remedy := _remedy(name)):
                    yield fault(principal.node, f"No service is called {name}. {remedy}")


def _remedy(name: str) -> str:
    """Say what to write instead of ``name``; nothing when it may be right."""
    known = facts("service_principals")
    if name in {"*", *known["elsewhere"]}:
        return ""
    suffix = next((one for one in known["suffixes"] if name.endswith(f".{one}")), None)
    short = name.removesuffix(f".{suffix}").partition(".")[0] if suffix else name.partition(".")[0]
    if suffix is None or (suffix == "amazon.com" and short in known["names"]):
        return f"Write {short}{_DOMAIN}." if short in known["names"] else f"Service principals end in {_DOMAIN}."
    stem = name.removesuffix(f".{suffix}")
    if stem in known["names"] or suffix == "amazon.com":
        return ""
    if stem.endswith(".aws") and stem.removesuffix(".aws") in known["names"]:
        return f"Write {stem.removesuffix('.aws')}{_DOMAIN}."
    alike = get_close_matches(stem, known["names"], 1, _ALIKE)
    return f"Write {alike[0]}{_DOMAIN}." if alike and "." not in stem else ""
