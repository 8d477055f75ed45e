"""E9608: the security groups of a service let in what its load balancer sends."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contracts.containers import SERVICE
from contracts.project_index import ProjectIndex
from reporting.findings import Finding
from system_model.system import Resource, listed, mapping

_GROUP = "AWS::EC2::SecurityGroup"
_OPEN = ("-1", "all")


def findings(index: ProjectIndex) -> Iterator[Finding]:
    """Look at every service whose security groups are all made, with all of their rules, in its template."""
    ruled = {str(one.properties) for one in index.system.resources("AWS::EC2::SecurityGroupIngress")}
    for service in index.system.resources(SERVICE):
        groups = _groups(service)
        rules = [mapping(rule) for group in groups for rule in listed(group.properties.get("SecurityGroupIngress"))]
        if not groups or any(group.logical_id in rule for group in groups for rule in ruled):
            continue
        for balanced in listed(service.properties.get("LoadBalancers")):
            port = index.text(mapping(balanced).get("ContainerPort"), service.stack) or ""
            if port.isdigit() and not any(_lets_in(rule, int(port), service, index) for rule in rules):
                yield index.finding(
                    "E9608",
                    groups[0],
                    ("Properties", "SecurityGroupIngress"),
                    f"The load balancer of {service} sends requests to port {port}, which "
                    f"{' and '.join(map(str, groups))} does not allow in: no task would ever be healthy.",
                    "Let that port in.",
                )


def _groups(service: Resource) -> Sequence[Resource]:
    """Return the service's security groups; none when one of them is not made in its template."""
    network = mapping(mapping(service.properties.get("NetworkConfiguration")).get("AwsvpcConfiguration"))
    found = []
    for named in listed(network.get("SecurityGroups")):
        given = mapping(named).get("Fn::GetAtt") or mapping(named).get("Ref")
        name = given[0] if isinstance(given, list) and given else str(given).partition(".")[0]
        group = service.stack.resources.get(str(name))
        if group is None or group.type != _GROUP:
            return []
        found.append(group)
    return found


def _lets_in(rule: Mapping[str, Any], port: int, service: Resource, index: ProjectIndex) -> bool:
    """Return whether a rule is about ``port``, or can't be told not to be."""
    if str(rule.get("IpProtocol")) in _OPEN:
        return True
    first, last = (index.text(rule.get(name), service.stack) or "" for name in ("FromPort", "ToPort"))
    return not (first.isdigit() and last.isdigit()) or int(first) <= port <= int(last)
