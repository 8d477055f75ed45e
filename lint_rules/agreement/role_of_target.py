from lint_rules.agreement.contract_rule import ContractRule


class RoleOfTarget(ContractRule):
    """Targets of rules without the role that they are called under."""

    id = "E9629"
    contract = "deployments.target_roles"
