from collections.abc import Iterator

from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class ReservedAlias(Rule):
    """An alias under a name that is AWS's."""

    id = "E9423"
    shortdesc = "Aliases under alias/aws/ are AWS's own"
    description = (
        "AWS names the keys that its services make under alias/aws/, and CreateAlias refuses that start to all others."
    )
    source_url = "https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html"
    types = ("AWS::KMS::Alias",)

    def faults(self, template: View) -> Iterator[Fault]:
        for alias in template.resources("AWS::KMS::Alias"):
            name = alias["AliasName"]
            if (name.pattern or "").startswith("alias/aws/"):
                yield fault(name, f"{name.pattern}: names under alias/aws/ are AWS's own. Choose another.")
