from lint_rules.agreement.contract_rule import ContractRule


class ArtifactFiles(ContractRule):
    """Artifacts without the file that a later action takes."""

    id = "E9606"
    contract = "artifacts"
