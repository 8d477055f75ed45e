import re
from collections.abc import Iterator

from lint_rules.model.node import Node
from lint_rules.model.policy import PolicyRule, Statement, documents
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import View

_VARIABLE = re.compile(r"\$\{(?:aws|s3|iam|ec2|saml|sts|cognito-identity\.amazonaws\.com):[A-Za-z/-]+\}")


class PolicyVariable(PolicyRule):
    """Policy variables in a language version that has none."""

    id = "W9316"
    shortdesc = "Policy variables need version 2012-10-17"
    description = (
        "In a policy of version 2008-10-17, which is that of a policy without Version, ${aws:username} is taken as it "
        "is written: it never matches, and no one gets the right."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html"

    def faults(self, template: View) -> Iterator[Fault]:
        for document in documents(template):
            if document.version.absent or document.version.text == "2008-10-17":
                for statement in document.statements:
                    for node in _texts(statement):
                        found = _VARIABLE.search(node.pattern or "")
                        if found:
                            yield fault(
                                node, f"{found[0]} is a variable in version 2012-10-17 only. Set Version to it."
                            )


def _texts(statement: Statement) -> Iterator[Node]:
    yield from statement.resources
    for condition in statement.conditions:
        yield from condition.values
