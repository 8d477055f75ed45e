"""Makes the network: two public and two private subnets in two zones, and their ways out.

The load balancer stands in the public subnets; the tasks run in the private ones, or in the public ones where no NAT
gateway is wanted. It needs nothing first. Look at what each route table lets out.
"""

from dataclasses import dataclass
from ipaddress import ip_network

from troposphere import AWSObject, GetAZs, Output, Ref, Select, ec2

from settings.project import Runtime
from templates_src.names import exported

ZONES = ("A", "B")
ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True)
class Network:
    """The network's parts that others stand in, and all of its resources in reading order."""

    vpc: ec2.VPC
    public_subnets: tuple[ec2.Subnet, ...]
    private_subnets: tuple[ec2.Subnet, ...]
    public_route_out: ec2.Route
    """What must stand before the load balancer is reached."""
    resources: tuple[AWSObject, ...]


def network(runtime: Runtime) -> Network:
    """Make the network of ``runtime.network`` with ``runtime.nat_gateways``."""
    vpc = _vpc(runtime.network)
    gateway = ec2.InternetGateway("InternetGateway")
    attachment = ec2.VPCGatewayAttachment("InternetGatewayAttachment", VpcId=Ref(vpc), InternetGatewayId=Ref(gateway))
    ranges = [str(part) for part in ip_network(runtime.network).subnets(new_prefix=20)]
    public = tuple(_subnet("Public", zone, vpc, ranges[number]) for number, zone in enumerate(ZONES))
    private = tuple(_subnet("Private", zone, vpc, ranges[number + 8]) for number, zone in enumerate(ZONES))
    public_routes = _public_routes(vpc, gateway, attachment, public)
    outlets = _nat_gateways(runtime.nat_gateways, public, attachment)
    private_routes = _private_routes(vpc, private, outlets)
    return Network(
        vpc=vpc,
        public_subnets=public,
        private_subnets=private,
        public_route_out=next(item for item in public_routes if isinstance(item, ec2.Route)),
        resources=(vpc, gateway, attachment, *public, *private, *public_routes, *outlets, *private_routes),
    )


def task_subnets(runtime: Runtime) -> list[str]:
    """Return the titles of the subnets that tasks run in: the private ones, if they have a way out."""
    return [f"{'Private' if runtime.nat_gateways else 'Public'}Subnet{zone}" for zone in ZONES]


def outputs(made: Network, stack: str) -> list[Output]:
    """Make what services import of the network: all subnets, whichever of them the tasks run in now."""
    subnets = (*made.public_subnets, *made.private_subnets)
    return [
        exported(stack, "NetworkId", Ref(made.vpc), "Network that the services run in"),
        *(exported(stack, f"{one.title}Id", Ref(one), f"Subnet of the network, {one.CidrBlock}") for one in subnets),
    ]


def _vpc(cidr: str) -> ec2.VPC:
    return ec2.VPC("Network", CidrBlock=cidr, EnableDnsHostnames=True, EnableDnsSupport=True)


def _subnet(kind: str, zone: str, vpc: ec2.VPC, cidr: str) -> ec2.Subnet:
    return ec2.Subnet(
        f"{kind}Subnet{zone}",
        VpcId=Ref(vpc),
        AvailabilityZone=Select(ZONES.index(zone), GetAZs("")),
        CidrBlock=cidr,
        MapPublicIpOnLaunch=False,
    )


def _public_routes(
    vpc: ec2.VPC, gateway: ec2.InternetGateway, attachment: ec2.VPCGatewayAttachment, subnets: tuple[ec2.Subnet, ...]
) -> list[AWSObject]:
    table = ec2.RouteTable("PublicRoutes", VpcId=Ref(vpc))
    out = ec2.Route(
        "PublicRouteOut",
        DependsOn=[attachment.title],
        RouteTableId=Ref(table),
        DestinationCidrBlock=ANYWHERE,
        GatewayId=Ref(gateway),
    )
    return [table, out, *(_association(subnet, table) for subnet in subnets)]


def _nat_gateways(
    count: int, public: tuple[ec2.Subnet, ...], attachment: ec2.VPCGatewayAttachment
) -> list[ec2.EIP | ec2.NatGateway]:
    outlets: list[ec2.EIP | ec2.NatGateway] = []
    for zone, subnet in list(zip(ZONES, public, strict=True))[:count]:
        address = ec2.EIP(f"NatAddress{zone}", DependsOn=[attachment.title], Domain="vpc")
        nat = ec2.NatGateway(f"NatGateway{zone}", AllocationId=address.get_att("AllocationId"), SubnetId=Ref(subnet))
        outlets += [address, nat]
    return outlets


def _private_routes(
    vpc: ec2.VPC, subnets: tuple[ec2.Subnet, ...], outlets: list[ec2.EIP | ec2.NatGateway]
) -> list[AWSObject]:
    gateways = [outlet for outlet in outlets if isinstance(outlet, ec2.NatGateway)]
    resources: list[AWSObject] = []
    for number, (zone, subnet) in enumerate(zip(ZONES, subnets, strict=True)):
        table = ec2.RouteTable(f"PrivateRoutes{zone}", VpcId=Ref(vpc))
        resources += [table, _association(subnet, table)]
        if gateways:
            # A single gateway serves both zones; with two, each zone keeps to its own.
            nat = gateways[number % len(gateways)]
            out = ec2.Route(
                f"PrivateRouteOut{zone}", RouteTableId=Ref(table), DestinationCidrBlock=ANYWHERE, NatGatewayId=Ref(nat)
            )
            resources.append(out)
    return resources


def _association(subnet: ec2.Subnet, table: ec2.RouteTable) -> ec2.SubnetRouteTableAssociation:
    return ec2.SubnetRouteTableAssociation(f"{subnet.title}Routes", SubnetId=Ref(subnet), RouteTableId=Ref(table))
