from lint_rules.agreement.contract_rule import ContractRule


class ScanWaiter(ContractRule):
    """Builds that wait for a scan that never completes."""

    id = "W9626"
    contract = "deployments.scans"
