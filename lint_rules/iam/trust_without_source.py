from collections.abc import Iterator

from aws_facts import facts
from lint_rules.model.policy import PolicyRule, statements
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import View


class TrustWithoutSource(PolicyRule):
    """Roles that a service takes on for whoever asks it to."""

    id = "I9307"
    shortdesc = "A role says for which account a service takes it on"
    description = (
        "Some services say in aws:SourceAccount and aws:SourceArn for whom they take on a role. A trust policy that "
        "asks for it cannot be used on behalf of another account's resource (the confused deputy)."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html#cross-service-confused-deputy"

    def faults(self, template: View) -> Iterator[Fault]:
        for statement in statements(template, "trust"):
            if not statement.allows or statement.is_conditional:
                continue
            for principal in statement.principals:
                page = facts("confused_deputy")["trust"].get(principal.node.pattern)
                if principal.kind == "Service" and page:
                    yield fault(
                        principal.node,
                        f"{principal.node.pattern} takes the role on without saying for whom. Add a condition on "
                        f"aws:SourceAccount, or on aws:SourceArn ({page}).",
                    )
