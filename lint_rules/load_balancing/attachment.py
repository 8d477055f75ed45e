"""Which listeners use a target group, and what is made before a resource."""

from collections.abc import Iterator, Mapping

from lint_rules.model.node import Node
from lint_rules.model.references import references
from lint_rules.model.template import Resource, View

LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
LISTENER_RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
ATTACHING = (LISTENER, LISTENER_RULE)
_USERS = ("AWS::ECS::", "AWS::CodeDeploy::", "AWS::CloudWatch::", "AWS::ApplicationAutoScaling::", "AWS::AutoScaling::")


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
        for logical_id, names in references(template).items()
        if not template.all_resources[logical_id].type.startswith(_USERS)
    )


def before(template: View, resource: Resource) -> set[str]:
    """Return the logical ids of all that CloudFormation makes before ``resource``."""
    named, found, waiting = references(template), set[str](), [resource.logical_id]
    while waiting:
        for name in named.get(waiting.pop(), set()) - found:
            found.add(name)
            waiting.append(name)
    return found
