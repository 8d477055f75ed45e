"""Resources of policies as patterns, with what the template's own resources are called filled in."""

import re

from aws_facts import facts
from lint_rules.model.authorization import form
from lint_rules.model.node import Node
from lint_rules.model.template import View
from system_model.patterns import opened

_REFERENCE = re.compile(r"\$\{([A-Za-z0-9]+)(?:\.([A-Za-z0-9.]+))?\}")


def resolved(template: View, node: Node) -> str:
    """Return the text of ``node`` as a pattern for ``patterns.overlap``; ``*`` for what is not known at all."""
    pattern = node.pattern
    if pattern is None:
        return "*"
    return opened(_REFERENCE.sub(lambda match: _named(template, match), pattern)) if "${" in pattern else pattern


def _named(template: View, match: re.Match[str]) -> str:
    resource = template.all_resources.get(match[1])
    if resource is None:
        return match[0]
    known = facts("arn_forms")["attributes"].get(resource.type, {}).get(match[2] or "Ref")
    return form(known) if known is not None else "*"
