from collections.abc import Iterator

from lint_rules.codepipeline.key_across_accounts import account_of
from lint_rules.codepipeline.structure import PIPELINE, pipelines
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class KeyAliasAcrossAccounts(Rule):
    """A key by its alias, for actions in another account."""

    id = "E9154"
    shortdesc = "A key that actions of another account use is named by its ARN, not by an alias"
    description = (
        "An alias is known in the account of its key alone. An action with a role of another account can't find the "
        "key by it, and fails in every execution; there the key is named by its ARN."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_EncryptionKey.html"
    types = (PIPELINE,)

    def faults(self, template: View) -> Iterator[Fault]:
        for pipeline in pipelines(template):
            own = account_of(pipeline["RoleArn"])
            others = {other for action in pipeline.actions if (other := account_of(action["RoleArn"])) and other != own}
            stores = [pipeline["ArtifactStore"], *(one["ArtifactStore"] for one in pipeline["ArtifactStores"].items)]
            for store in stores if own and others else ():
                key = store["EncryptionKey"]["Id"]
                if "alias/aws/" in (key.pattern or ""):
                    sentence = f"This is a key of AWS's own, which account {min(others)} can't use."
                    yield fault(key, f"{sentence} Name a key of yours by its ARN.")
                elif _is_alias(template, key):
                    yield fault(
                        key,
                        f"The key is named by an alias, which account {min(others)} does not know. Name it by its ARN.",
                    )


def _is_alias(template: View, key: Node) -> bool:
    named = key.pattern or ""
    return named.startswith("alias/") or ":alias/" in named or template.referred(key, "AWS::KMS::Alias") is not None
