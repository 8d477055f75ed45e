from collections.abc import Iterator

from lint_rules.model.policy import Document, PolicyRule, Statement, documents
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import View

_KEYS = {"AWS::KMS::Key", "AWS::KMS::ReplicaKey"}


class KeyLockedOut(PolicyRule):
    id = "E9318"
    shortdesc = "Somebody may change a key's policy"
    description = (
        "A key's policy is the only way to its key. KMS refuses one that lets nobody call kms:PutKeyPolicy (The new "
        "key policy will not allow you to update the key policy in the future); usually the account itself may."
    )
    source_url = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"

    def faults(self, template: View) -> Iterator[Fault]:
        for document in documents(template, "resource"):
            if document.bearer.type in _KEYS and _is_locked(document):
                yield fault(
                    document.node,
                    "Nobody may call kms:PutKeyPolicy, so that KMS refuses the policy. Allow kms:* to "
                    "arn:${AWS::Partition}:iam::${AWS::AccountId}:root.",
                )


def _is_locked(document: Document) -> bool:
    skipped = document.bearer["BypassPolicyLockoutSafetyCheck"]
    if skipped.present and skipped.flag is not False:
        return False
    return bool(document.statements) and all(_is_of_no_use(one) for one in document.statements)


def _is_of_no_use(statement: Statement) -> bool:
    """Whether it is certain that the statement lets no account, user or role change the policy."""
    if statement.denies:
        return True
    known = all("${" not in one.pattern for one in statement.actions) and not statement.node["NotAction"].present
    if not (statement.allows and statement.actions and known):
        return False
    services = bool(statement.principals) and all(one.kind == "Service" for one in statement.principals)
    return services or statement.action("kms:PutKeyPolicy") is None
