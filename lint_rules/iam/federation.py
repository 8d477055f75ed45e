from collections.abc import Iterator

from lint_rules.model.policy import PolicyRule, Statement, statements
from lint_rules.model.rule import Fault, fault
from lint_rules.model.statement_parts import Principal
from lint_rules.model.template import View

_GITHUB = "token.actions.githubusercontent.com"


class Federation(PolicyRule):
    """Roles for jobs of GitHub Actions that do not say whose."""

    id = "E9314"
    shortdesc = "A role for GitHub Actions names the repository"
    description = (
        "GitHub's identity provider speaks for every repository there is. A trust policy without a condition on the "
        "token's subject would let any of them in; IAM refuses to create such a role."
    )
    source_url = (
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub"
    )

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template, "trust"):
            for principal in statement.principals:
                if statement.allows and _is_github(template, principal) and not _names_subject(statement):
                    yield fault(
                        principal.node,
                        f"Any repository of GitHub may take on the role. Add a condition, StringLike {_GITHUB}:sub, "
                        "with repo:OWNER/REPOSITORY:*.",
                    )


def _is_github(template: View, principal: Principal) -> bool:
    provider = template.referred(principal.node, "AWS::IAM::OIDCProvider")
    named = provider["Url"].text if provider else principal.node.pattern
    return principal.kind == "Federated" and (named or "").endswith((f"oidc-provider/{_GITHUB}", f"://{_GITHUB}"))


def _names_subject(statement: Statement) -> bool:
    if statement.node["Condition"].function or any("${" in one.key for one in statement.conditions):
        return True
    return any(
        one.key.lower() in {f"{_GITHUB}:{claim}" for claim in ("sub", "job_workflow_ref")} and one.restricts
        for one in statement.conditions
    )
