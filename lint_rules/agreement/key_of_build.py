from lint_rules.agreement.contract_rule import ContractRule
from lint_rules.agreement.described import described


@described
class KeyOfBuild(ContractRule):
    """Artifacts that another account can't decrypt."""

    id = "W9619"
    contract = "deployments.keys_of_builds"
