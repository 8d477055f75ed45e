from lint_rules.agreement.contract_rule import ContractRule


class ContainerNames(ContractRule):
    """Image definitions for a container that the task does not have."""

    id = "E9607"
    contract = "deployments.image_definitions"
