"""E9421."""

from collections.abc import Iterator

from lint_rules.kms.key import KEY
from lint_rules.model.policy import Statement
from lint_rules.model.resource_policy import is_readable, may_name, policy_of
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class LockedOut(Rule):
    """A key policy that nobody could ever change."""

    id = "E9421"
    shortdesc = "Someone may change a key's policy"
    description = (
        "KMS refuses a policy that would let nobody change it. The account itself, as its root principal with "
        "kms:*, is the usual one who may."
    )
    source_url = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"
    types = (KEY,)

    def faults(self, template: View) -> Iterator[Fault]:
        """See the class."""
        for key in template.resources(KEY):
            policy, bypass = policy_of(template, key), key["BypassPolicyLockoutSafetyCheck"]
            if policy is None or not is_readable(policy) or (bypass.present and bypass.flag is not False):
                continue
            if not any(_administers(statement) for statement in policy.statements):
                yield fault(
                    policy.node,
                    "No statement lets anyone change this policy, so KMS refuses it. "
                    "Allow the account's root principal kms:*, or an administrator kms:PutKeyPolicy.",
                )


def _administers(statement: Statement) -> bool:
    someone = any(principal.kind in {"AWS", "*"} for principal in statement.principals)
    return statement.allows and someone and may_name(statement, "kms:PutKeyPolicy")
