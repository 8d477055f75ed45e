from lint_rules.agreement.contract_rule import ContractRule
from lint_rules.agreement.described import described


@described
class RuleOfBranch(ContractRule):
    """Rules that start a pipeline at pushes to another branch."""

    id = "W9621"
    contract = "deployments.starting_rules"
