from lint_rules.agreement.contract_rule import ContractRule


class WayOut(ContractRule):
    """Tasks that can't reach their registry."""

    id = "W9616"
    contract = "deployments.ways_out"
