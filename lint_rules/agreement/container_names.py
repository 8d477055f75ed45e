from lint_rules.agreement.contract_rule import ContractRule
from lint_rules.agreement.described import described


@described
class ContainerNames(ContractRule):
    """Image definitions for a container that the task does not have."""

    id = "E9607"
    contract = "deployments.image_definitions"
