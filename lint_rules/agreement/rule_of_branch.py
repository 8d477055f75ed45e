from lint_rules.agreement.contract_rule import ContractRule


class RuleOfBranch(ContractRule):
    """Rules that start a pipeline at pushes to another branch."""

    id = "W9621"
    contract = "deployments.starting_rules"
