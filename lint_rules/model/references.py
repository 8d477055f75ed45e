"""Which resources name which, by a function or by DependsOn."""

import re
from collections.abc import Iterator, Mapping

from lint_rules.model.node import Node
from lint_rules.model.template import Resource, View, once_a_resource, once_a_view

_NAMES = re.compile(r"\$\{([A-Za-z0-9]+)[.}]")


@once_a_view
def references(template: View) -> Mapping[str, set[str]]:
    """Give for each resource what it names, by Ref, Fn::GetAtt, Fn::Sub or DependsOn."""
    return {
        logical_id: (_named(resource) & template.all_resources.keys()) - {logical_id}
        for logical_id, resource in template.all_resources.items()
    }


def is_used(template: View, resource: Resource) -> bool:
    """Whether another resource of the template names ``resource``, or an output hands it on."""
    used = any(resource.logical_id in names for names in references(template).values())
    return used or resource.logical_id in _below(template.root["Outputs"])


@once_a_resource
def _named(resource: Resource) -> set[str]:
    return set(_names(resource.node))


def _names(resource: Node) -> Iterator[str]:
    yield from (one.text or "" for one in resource["DependsOn"].one_or_more)
    yield from _below(resource["Properties"])


def _below(node: Node) -> Iterator[str]:
    """Return the names in a value, and in all that is in it."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if node.attribute:
            yield node.attribute[0]
        elif node.function == "Ref" and isinstance(node.arguments, str):
            yield node.arguments
        elif node.function:
            yield from _inside(node.arguments)
        else:
            waiting.extend(node.items)
            waiting.extend(value for _, value in node.entries)


def _inside(value: object) -> Iterator[str]:
    """Return the names in the arguments of a function."""
    waiting = [value]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, str):
            yield from _NAMES.findall(inner)
        elif isinstance(inner, list):
            waiting.extend(inner)
        elif isinstance(inner, Mapping):
            if isinstance(inner.get("Ref"), str):
                yield inner["Ref"]
            given = inner.get("Fn::GetAtt")
            first = given[0] if isinstance(given, list) and given else given
            if isinstance(first, str):
                yield first.partition(".")[0]
            waiting.extend(inner.values())
