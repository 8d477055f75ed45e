from lint_rules.agreement.contract_rule import ContractRule
from lint_rules.agreement.described import described


@described
class WayOut(ContractRule):
    """Tasks that can't reach their registry."""

    id = "W9616"
    contract = "deployments.ways_out"
