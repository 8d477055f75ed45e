from lint_rules.agreement.contract_rule import ContractRule
from lint_rules.agreement.described import described


@described
class Processor(ContractRule):
    """Images for another processor."""

    id = "W9617"
    contract = "deployments.pushed_images"
