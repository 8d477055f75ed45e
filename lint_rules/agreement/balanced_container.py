from lint_rules.agreement.contract_rule import ContractRule


class BalancedContainer(ContractRule):
    """AppSpec files for a container that the task does not have."""

    id = "E9627"
    contract = "deployments.blue_green_files"
