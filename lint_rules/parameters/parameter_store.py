"""Parameters of Parameter Store."""

import re
from collections.abc import Iterator

from lint_rules.model.rule import Fault, ResourceRule, fault
from lint_rules.model.template import Resource


class ParameterName(ResourceRule):
    id = "E9441"
    shortdesc = "A parameter's path begins with a slash"
    description = (
        "PutParameter refuses a name with slashes that does not begin with one, one that ends with one, one "
        "of more than 15 levels, and one of other characters than letters, digits and . - _ /."
    )
    source_url = "https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html"
    types = ("AWS::SSM::Parameter",)

    def faults_of(self, parameter: Resource) -> Iterator[Fault]:
        name = parameter["Name"]
        why = _mistake(name.pattern or "")
        if why:
            yield fault(name, f"{name.pattern}: {why}")


_LEVELS = 15
_UNKNOWN = re.compile(r"\$\{[^{}]*\}|\{\{[^{}]*\}\}")
_ALLOWED = re.compile(r"[\w./-]*", re.ASCII)


def _mistake(name: str) -> str:
    if "/" in name and not name.startswith(("/", "${", "{{")):
        return "the name of a parameter in a path begins with a slash. Add it."
    if name.endswith("/"):
        return "the name of a parameter does not end with a slash. Drop it."
    if name.count("/") > _LEVELS:
        return f"a path has {_LEVELS} levels at most. Shorten it."
    rest = _UNKNOWN.sub("", name)
    if not _ALLOWED.fullmatch(rest):
        return "a name takes letters, digits and . - _ /. Replace the rest."
    return ""


_KILOBYTE = 1024


class ParameterTier(ResourceRule):
    id = "E9442"
    shortdesc = "Long values and policies need an advanced parameter"
    description = (
        "A standard parameter holds 4 KB and has no policies: PutParameter refuses the rest unless Tier is "
        "Advanced or Intelligent-Tiering. An advanced one holds 8 KB."
    )
    source_url = "https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html"
    types = ("AWS::SSM::Parameter",)

    def faults_of(self, parameter: Resource) -> Iterator[Fault]:
        tier, value = parameter["Tier"], parameter["Value"]
        standard = tier.absent or tier.text == "Standard"
        size = len(value.text.encode(errors="replace")) if value.text is not None else 0
        most = _KILOBYTE * (4 if standard else 8)
        if size > most and (standard or tier.text is not None):
            remedy = "Set Tier to Advanced" if standard else "Split it"
            yield fault(value, f"The value is {size} bytes long, and this tier takes {most}. {remedy}.")
        if standard and parameter["Policies"].present:
            yield fault(parameter["Policies"], "A standard parameter has no policies. Set Tier to Advanced.")
