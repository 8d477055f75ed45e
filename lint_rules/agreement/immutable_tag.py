from lint_rules.agreement.contract_rule import ContractRule


class ImmutableTag(ContractRule):
    """Tags that are pushed again to an immutable repository."""

    id = "W9620"
    contract = "deployments.pushed_images"
