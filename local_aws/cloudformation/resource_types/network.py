"""AWS::EC2::EIP, AWS::EC2::NatGateway and AWS::EC2::FlowLog, which MiniStack serves through EC2's API alone.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_EC2.html
"""

from collections.abc import Mapping
from typing import Any

from local_aws.cloudformation.resource_types.resource_type import Made, Properties, ResourceType
from local_aws.ministack.cloudformation.stacks import call_ec2
from local_aws.platform.members import as_map


def network_types() -> list[ResourceType]:
    """Make the resource types."""
    return [
        ResourceType(
            name="AWS::EC2::EIP",
            service="Ec2",
            create=lambda properties, _name: _allocate(properties),
            update=lambda physical_id, _old, new: _retag(physical_id, _allocation_of(physical_id), new),
            delete=lambda physical_id: _call("ReleaseAddress", AllocationId=_allocation_of(physical_id)),
            read=lambda physical_id, _properties: {} if _allocation_of(physical_id) else None,
            readable=frozenset(),
        ),
        ResourceType(
            name="AWS::EC2::NatGateway",
            service="Ec2",
            create=lambda properties, _name: _create_gateway(properties),
            update=lambda physical_id, _old, new: _retag(physical_id, physical_id, new),
            delete=lambda physical_id: _call("DeleteNatGateway", NatGatewayId=physical_id),
            read=lambda physical_id, _properties: _read_gateway(physical_id),
            readable=frozenset({"SubnetId"}),
        ),
        ResourceType(
            name="AWS::EC2::FlowLog",
            service="Ec2",
            create=lambda properties, _name: _create_flow_log(properties),
            update=lambda physical_id, _old, new: _retag(physical_id, physical_id, new),
            delete=lambda physical_id: _call("DeleteFlowLogs", **{"FlowLogId.1": physical_id}),
            read=lambda physical_id, _properties: _read_flow_log(physical_id),
            readable=frozenset({"ResourceId", "TrafficType", "LogDestinationType", "LogDestination"}),
        ),
    ]


def _call(action: str, **parameters: str) -> None:
    call_ec2(action, parameters)


def _allocate(properties: Properties) -> Made:
    answer = call_ec2("AllocateAddress", {"Domain": properties.get("Domain", "vpc"), **_tags("elastic-ip", properties)})
    address = _element(answer, "publicIp")
    return address, {"PublicIp": address, "AllocationId": _element(answer, "allocationId")}


def _allocation_of(address: str) -> str:
    before, found, after = call_ec2("DescribeAddresses", {}).partition(f"<publicIp>{address}</publicIp>")
    item = before.rpartition("<item>")[2] + after.partition("</item>")[0]
    return _element(item, "allocationId") if found else ""


def _create_gateway(properties: Properties) -> Made:
    names = ("SubnetId", "AllocationId", "ConnectivityType")
    given = {name: str(properties[name]) for name in names if name in properties}
    gateway = _element(call_ec2("CreateNatGateway", {**given, **_tags("natgateway", properties)}), "natGatewayId")
    return gateway, {"NatGatewayId": gateway}


def _read_gateway(gateway: str) -> Properties | None:
    answer = call_ec2("DescribeNatGateways", {"NatGatewayId.1": gateway})
    if "<natGatewayId>" not in answer or _element(answer, "state") == "deleted":
        return None
    return {"SubnetId": _element(answer, "subnetId")}


def _create_flow_log(properties: Properties) -> Made:
    names = ("ResourceType", "TrafficType", "LogDestinationType", "LogDestination", "LogGroupName")
    given = {name: str(properties[name]) for name in names if name in properties}
    asked = {"ResourceId.1": str(properties["ResourceId"]), **given, **_tags("flow-log", properties)}
    log = _element(_element(call_ec2("CreateFlowLogs", asked), "flowLogIdSet"), "item")
    return log, {"Id": log}


def _read_flow_log(log: str) -> Properties | None:
    answer = call_ec2("DescribeFlowLogs", {"FlowLogId.1": log})
    if "<flowLogId>" not in answer:
        return None
    elements = ("resourceId", "trafficType", "logDestinationType", "logDestination")
    return {name[:1].upper() + name[1:]: _element(answer, name) for name in elements}


def _retag(physical_id: str, tagged_id: str, properties: Properties) -> Made:
    call_ec2("CreateTags", {"ResourceId.1": tagged_id, **_numbered("Tag", properties)})
    if physical_id != tagged_id:
        return physical_id, {"PublicIp": physical_id, "AllocationId": tagged_id}
    return physical_id, {"Id" if physical_id.startswith("fl-") else "NatGatewayId": physical_id}


def _tags(resource: str, properties: Mapping[str, Any]) -> dict[str, str]:
    return {"TagSpecification.1.ResourceType": resource, **_numbered("TagSpecification.1.Tag", properties)}


def _numbered(prefix: str, properties: Mapping[str, Any]) -> dict[str, str]:
    tags: dict[str, str] = {}
    for number, (key, value) in enumerate(as_map(properties.get("Tags")).items(), 1):
        tags |= {f"{prefix}.{number}.Key": key, f"{prefix}.{number}.Value": value}
    return tags


def _element(xml: str, name: str) -> str:
    text, found, _ = xml.partition(f"<{name}>")[2].partition(f"</{name}>")
    return text if found else ""
