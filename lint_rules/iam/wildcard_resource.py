from collections.abc import Iterator
from typing import Any

from aws_facts import facts
from lint_rules.model.authorization import Right, rights
from lint_rules.model.policy import PolicyRule, Statement, statements
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import View

_NAMED = 3
"""So many actions are named in a message."""


class WildcardResource(PolicyRule):
    """Rights on every resource of the account where one could be named."""

    id = "W9303"
    shortdesc = "Rights are granted on the resources they are needed for"
    description = (
        "Resource * lets whoever has the role change, read or delete what belongs to others in the account: a build "
        "that pushes to one repository can overwrite the images of all. The actions reported take the ARN of a "
        "resource, or a pattern of it."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege"

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template, "identity"):
            everything = next((one for one in statement.resources if one.text == "*"), None)
            if everything is None or not statement.allows or statement.is_conditional:
                continue
            wide = [one.pattern for one in statement.actions if any(_could_be_named(right) for right in rights(one))]
            if wide:
                yield fault(everything, _sentence(wide, statement))


def _could_be_named(right: Right) -> bool:
    known: Any = facts("wildcard_resource")
    if not right.types or right.name in known["except"]:
        return False
    service = right.name.partition(":")[0]
    return right.name in known["actions"] or (service in known["services"] and "Write" in right.level)


def _sentence(wide: list[str], statement: Statement) -> str:
    named = ", ".join(wide[:_NAMED]) + (f" and {len(wide) - _NAMED} more" if len(wide) > _NAMED else "")
    rest = " Keep '*' in a statement of the others." if len(wide) < len(statement.actions) else ""
    return f"'*' grants {named} on every resource of the account. Name the ARNs that are needed.{rest}"
