from lint_rules.agreement.contract_rule import ContractRule


class Capabilities(ContractRule):
    """Deployments of templates without capabilities."""

    id = "W9618"
    contract = "deployments.change_of_stack"
