from lint_rules.agreement.contract_rule import ContractRule


class ScannerRole(ContractRule):
    """Scanners under a role that may push."""

    id = "W9625"
    contract = "deployments.scans"
