"""CloudFormation as MiniStack lacks it: resource types of its own, and the checks of a template before a stack."""
