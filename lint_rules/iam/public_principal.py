from collections.abc import Iterator

from lint_rules.model.policy import PolicyRule, Statement, statements
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import View

_OPEN_ON_PURPOSE = {"s3:GetObject", "s3:GetObjectVersion"}
_LIMITED_BY_THE_NETWORK = {"AWS::EFS::FileSystem"}


class Anyone(PolicyRule):
    """Policies that let in everybody, of every account."""

    id = "W9313"
    shortdesc = "No policy allows everyone"
    description = (
        "Principal * is everyone with an AWS account, and for many services everyone on the Internet: a role that "
        "anyone can take on, a queue that anyone can fill, a key that anyone can use. Public reading of objects, as "
        "for a web site, is not reported."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous"

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template, "trust", "resource"):
            if not statement.allows or statement.is_conditional or _is_meant(statement):
                continue
            for principal in statement.principals:
                if principal.is_anyone:
                    yield fault(
                        principal.node,
                        "'*' allows everyone, in every account. Name the accounts, roles or services that are "
                        "meant, or add a condition such as aws:PrincipalOrgID.",
                    )


def _is_meant(statement: Statement) -> bool:
    if statement.document.bearer.type in _LIMITED_BY_THE_NETWORK:
        return True
    return bool(statement.actions) and all(one.pattern in _OPEN_ON_PURPOSE for one in statement.actions)
