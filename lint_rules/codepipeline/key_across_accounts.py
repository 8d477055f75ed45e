import re
from collections.abc import Iterator

from lint_rules.codepipeline.structure import Pipeline, PipelineRule, is_plain
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, fault

ADVICE = "Set EncryptionKey of the artifact store to a KMS key that the account may use."
_ARN = re.compile(r"arn:[^:]+:iam::([0-9]{12}|\$\{AWS::AccountId\}):")


class KeyAcrossAccounts(PipelineRule):
    """Actions in another account that cannot read the artifacts."""

    id = "W9139"
    shortdesc = "A pipeline with actions in another account needs a key of its own for the artifacts"
    description = (
        "Without an EncryptionKey the artifacts are encrypted with the key that AWS manages, which no other "
        "account can use: an action with a role of another account is denied in every execution."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-create-cross-account.html"

    def faults_of(self, pipeline: Pipeline) -> Iterator[Fault]:
        stores = [pipeline["ArtifactStore"], *(one["ArtifactStore"] for one in pipeline["ArtifactStores"].items)]
        own = account_of(pipeline["RoleArn"])
        for action in pipeline.actions if all(one["EncryptionKey"].absent for one in stores) else ():
            other = account_of(action["RoleArn"])
            if own and other and own != other and is_plain(pipeline.resource.properties):
                yield fault(action["RoleArn"], f"{action.name} runs in account {other}, without a key for it. {ADVICE}")


def account_of(role: Node) -> str:
    """Return the account of a role, that of the stack for a role of the template; empty if it is not known."""
    if role.attribute is not None:
        return "${AWS::AccountId}"
    found = _ARN.match(role.pattern or "")
    return found[1] if found else ""
