from collections.abc import Iterator

from lint_rules.model.rule import Fault, ResourceRule, fault
from lint_rules.model.template import Resource


class ReservedAlias(ResourceRule):
    """An alias under a name that is AWS's."""

    id = "E9423"
    shortdesc = "Aliases under alias/aws/ are AWS's own"
    description = (
        "AWS names the keys that its services make under alias/aws/, and CreateAlias refuses that start to all others."
    )
    source_url = "https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html"
    types = ("AWS::KMS::Alias",)

    def faults_of(self, alias: Resource) -> Iterator[Fault]:
        name = alias["AliasName"]
        if (name.pattern or "").startswith("alias/aws/"):
            yield fault(name, f"{name.pattern}: names under alias/aws/ are AWS's own. Choose another.")
