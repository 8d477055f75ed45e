"""CloudFormation resource types that MiniStack lacks or drops properties of."""
