from lint_rules.agreement.contract_rule import ContractRule


class KeyOfBuild(ContractRule):
    """Artifacts that another account can't decrypt."""

    id = "W9619"
    contract = "deployments.keys_of_builds"
