"""Which listeners use a target group, and what is made before a resource."""

import re
from collections.abc import Iterator, Mapping

from lint_rules.model.node import Node
from lint_rules.model.template import Resource, View, once_a_resource, once_a_view

LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
LISTENER_RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
ATTACHING = (LISTENER, LISTENER_RULE)
_USERS = ("AWS::ECS::", "AWS::CodeDeploy::", "AWS::CloudWatch::", "AWS::ApplicationAutoScaling::", "AWS::AutoScaling::")
_NAMES = re.compile(r"\$\{([A-Za-z0-9]+)[.}]")


def attached(template: View, group: Resource) -> set[str]:
    """Return the logical ids of the listeners and rules that forward to ``group``."""
    found = template.resources(*ATTACHING)
    return {one.logical_id for one in found if any(to.target == group.logical_id for to in forwarded_to(one))}


def forwarded_to(listener: Resource) -> Iterator[Node]:
    """Return what names the target groups that a listener, or a rule of one, forwards to."""
    for action in (*listener["DefaultActions"].items, *listener["Actions"].items):
        if action["TargetGroupArn"].present:
            yield action["TargetGroupArn"]
        for group in action["ForwardConfig"]["TargetGroups"].items:
            yield group["TargetGroupArn"]


def others_may_attach(template: View, group: Resource) -> bool:
    """Whether a load balancer that this template does not tell of may use ``group`` before its service is made."""
    made = template.root["Resources"].value
    if isinstance(made, Mapping) and any(str(key).startswith("Fn::") for key in made):
        return True
    return any(
        group.logical_id in names
        for logical_id, names in _references(template).items()
        if not template.all_resources[logical_id].type.startswith(_USERS)
    )


def before(template: View, resource: Resource) -> set[str]:
    """Return the logical ids of all that CloudFormation makes before ``resource``."""
    references, found, waiting = _references(template), set[str](), [resource.logical_id]
    while waiting:
        for name in references.get(waiting.pop(), set()) - found:
            found.add(name)
            waiting.append(name)
    return found


@once_a_view
def _references(template: View) -> Mapping[str, set[str]]:
    """Give for each resource what it names, by Ref, Fn::GetAtt, Fn::Sub or DependsOn."""
    return {
        logical_id: (_named(resource) & template.all_resources.keys()) - {logical_id}
        for logical_id, resource in template.all_resources.items()
    }


@once_a_resource
def _named(resource: Resource) -> set[str]:
    return set(_names(resource.node))


def _names(resource: Node) -> Iterator[str]:
    yield from (one.text or "" for one in resource["DependsOn"].one_or_more)
    waiting = [resource["Properties"]]
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
