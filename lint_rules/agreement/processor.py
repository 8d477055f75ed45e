from lint_rules.agreement.contract_rule import ContractRule


class Processor(ContractRule):
    """Images for another processor."""

    id = "W9617"
    contract = "deployments.pushed_images"
