from lint_rules.agreement.contract_rule import ContractRule


class FirstImage(ContractRule):
    """Services whose first image nobody pushes."""

    id = "W9615"
    contract = "deployments.pushed_images"
