from lint_rules.agreement.contract_rule import ContractRule
from lint_rules.agreement.described import described


@described
class ScannerRole(ContractRule):
    """Scanners under a role that may push."""

    id = "W9625"
    contract = "deployments.scans"
