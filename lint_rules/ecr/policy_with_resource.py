from collections.abc import Iterator

from lint_rules.model.policy import statements
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View

_REPOSITORY = "AWS::ECR::Repository"


class PolicyWithResource(Rule):
    """Policies of repositories that name a resource."""

    id = "E9404"
    shortdesc = "A repository's policy names no resource"
    description = (
        "The policy hangs on its repository, and is about that one alone: ECR refuses a statement with a Resource "
        "(Invalid repository policy provided)."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html"
    types = (_REPOSITORY,)

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template, "resource"):
            for name in ("Resource", "NotResource") if statement.document.bearer.type == _REPOSITORY else ():
                if statement.node[name].present:
                    yield fault(statement.node[name], f"The policy of a repository takes no {name}. Leave it out.")
