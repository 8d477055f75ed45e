"""W9616: tasks on Fargate reach the registry that they are pulled from."""

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.project_index import ProjectIndex
from reporting.findings import Finding
from system_model.system import Resource, listed, mapping

_EVERYWHERE = ("0.0.0.0/0", "::/0")
_OTHER_WAYS = ("NatGatewayId", "TransitGatewayId", "VpcPeeringConnectionId", "InstanceId", "NetworkInterfaceId",
               "VpcEndpointId", "LocalGatewayId", "CarrierGatewayId", "EgressOnlyInternetGatewayId")  # fmt: skip


def findings(index: ProjectIndex) -> Iterator[Finding]:
    """Look at services on Fargate whose network the template makes, without endpoints of the services of AWS."""
    if any(True for _ in index.system.resources("AWS::EC2::VPCEndpoint")):
        return
    for service in index.system.resources("AWS::ECS::Service"):
        if index.text(service.properties.get("LaunchType"), service.stack) != "FARGATE":
            continue
        network = mapping(mapping(service.properties.get("NetworkConfiguration")).get("AwsvpcConfiguration"))
        has_address = index.text(network.get("AssignPublicIp", "DISABLED"), service.stack)
        subnets = [_made(one, "AWS::EC2::Subnet", service) for one in listed(network.get("Subnets"))]
        ways = [_way_out(subnet, index) if subnet else "unknown" for subnet in subnets]
        if has_address == "DISABLED" and ways and set(ways) == {"internet gateway"}:
            yield index.finding(
                "W9616",
                service,
                ("Properties", "NetworkConfiguration"),
                f"The only way out of the subnets of {service} is an internet gateway, which its tasks can't use "
                'without a public address: "ResourceInitializationError: unable to pull secrets or registry auth".',
                "Set AssignPublicIp to ENABLED, or run the tasks in subnets with a NAT gateway or VPC endpoints.",
            )
        elif ways and set(ways) == {"none"}:
            yield index.finding(
                "W9616",
                service,
                ("Properties", "NetworkConfiguration"),
                f"The subnets of {service} have no route out of the network, and the template has no VPC endpoint: "
                '"ResourceInitializationError: unable to pull secrets or registry auth".',
                "Add a route to a NAT gateway, or VPC endpoints for ecr.api, ecr.dkr, logs and s3.",
            )


def _made(reference: object, kind: str, user: Resource) -> Resource | None:
    found = user.stack.resources.get(str(mapping(reference).get("Ref")))
    return found if found is not None and found.type == kind else None


def _way_out(subnet: Resource, index: ProjectIndex) -> str:
    """Return ``internet gateway``, ``none`` or ``unknown``."""
    if _made(subnet.properties.get("VpcId"), "AWS::EC2::VPC", subnet) is None:
        return "unknown"
    tables = [
        one.properties.get("RouteTableId")
        for one in index.system.resources("AWS::EC2::SubnetRouteTableAssociation")
        if one.properties.get("SubnetId") == {"Ref": subnet.logical_id}
    ]
    every = list(index.system.resources("AWS::EC2::Route"))
    if len(tables) != 1 or _made(tables[0], "AWS::EC2::RouteTable", subnet) is None or not all(map(_is_plain, every)):
        return "unknown"
    routes = [one.properties for one in every if one.properties.get("RouteTableId") == tables[0]]
    if any(name in route for route in routes for name in _OTHER_WAYS):
        return "unknown"
    return "internet gateway" if any(_leads_out(one) for one in routes) else "unknown" if routes else "none"


def _is_plain(route: Resource) -> bool:
    """Whether the table of a route is one of the template."""
    return _made(route.properties.get("RouteTableId"), "AWS::EC2::RouteTable", route) is not None


def _leads_out(route: Mapping[str, Any]) -> bool:
    return "GatewayId" in route and route.get("DestinationCidrBlock") in _EVERYWHERE
