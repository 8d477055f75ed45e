"""Whether a policy says in another statement what one of its statements says in vain."""

from collections.abc import Iterator

from lint_rules.model.arns import resolved
from lint_rules.model.policy import Statement
from lint_rules.model.template import View


def resources_elsewhere(template: View, statement: Statement, name: str) -> Iterator[str]:
    """Return the resources for which other statements of the same policy and effect name the action ``name``."""
    for other in statement.document.statements:
        alike = (other.allows, other.denies) == (statement.allows, statement.denies)
        if other.node.path != statement.node.path and alike and other.action(name) is not None:
            yield from (resolved(template, one) for one in other.resources)
