from lint_rules.agreement.contract_rule import ContractRule


class ImageSource(ContractRule):
    """Images of files that are not there."""

    id = "W9623"
    contract = "deployments.image_sources"
