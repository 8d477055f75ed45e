from lint_rules.agreement.contract_rule import ContractRule


class HealthProgram(ContractRule):
    """Health checks by a program that the image lacks."""

    id = "W9622"
    contract = "deployments.health_programs"
