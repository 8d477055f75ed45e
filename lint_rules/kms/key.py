"""The key that a property names."""

from lint_rules.model.node import Node
from lint_rules.model.template import Resource, View

KEY = "AWS::KMS::Key"
ALIAS = "AWS::KMS::Alias"


def key_of(template: View, named: Node) -> Resource | None:
    """Return the template's key that ``named`` is the id, the ARN or an alias of; None for any other."""
    key = template.referred(named, KEY)
    if key is None:
        alias = template.referred(named, ALIAS, name="AliasName")
        key = template.referred(alias["TargetKeyId"], KEY) if alias else None
    return key
