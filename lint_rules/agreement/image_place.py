from lint_rules.agreement.contract_rule import ContractRule


class ImagePlace(ContractRule):
    """Task definitions whose image is never replaced."""

    id = "W9624"
    contract = "deployments.blue_green_files"
