"""AWS::CodeConnections::Connection, and AWS::CodeStarConnections::Connection, its older name.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codeconnections-connection.html
"""

from local_aws.cloudformation.resource_types.resource_type import Made, Properties, ResourceType
from local_aws.platform.members import as_list, as_map
from local_aws.platform.service import ServiceError
from local_aws.services.codeconnections.connections import ConnectionRecord, Connections
from local_aws.services.codeconnections.operations import create

NAMES = {
    "AWS::CodeConnections::Connection": "codeconnections",
    "AWS::CodeStarConnections::Connection": "codestar-connections",
}


def connection_types(connections: Connections) -> list[ResourceType]:
    """Make the two resource types for the connections of an account and region."""
    return [_connection_type(connections, name, service) for name, service in NAMES.items()]


def _connection_type(connections: Connections, name: str, service: str) -> ResourceType:
    return ResourceType(
        name=name,
        service="CodeConnections",
        create=lambda properties, _name: _made(create(connections, service, properties)),
        update=lambda physical_id, _old, new: _update(connections, physical_id, new),
        delete=connections.delete,
        read=lambda physical_id, _properties: _read(connections.get(physical_id)),
        readable=frozenset({"ConnectionName", "ProviderType", "Tags"}),
        longest_name=32,
    )


def _update(connections: Connections, arn: str, properties: Properties) -> Made:
    if connections.get(arn) is None:
        raise ServiceError("ResourceNotFoundException", f"Resource not found: {arn}")
    connections.tag(arn, as_map(properties.get("Tags")))
    record = connections.get(arn)
    assert record is not None  # noqa: S101 - it was there one line above, and only stacks delete it
    return _made(record)


def _made(record: ConnectionRecord) -> Made:
    return record.arn, {
        "ConnectionArn": record.arn,
        "ConnectionStatus": record.status,
        "OwnerAccountId": record.arn.split(":")[4],
    }


def _read(record: ConnectionRecord | None) -> Properties | None:
    if record is None:
        return None
    return {
        "ConnectionName": record.name,
        "ProviderType": record.provider_type,
        "Tags": as_list(record.tags, capital=True),
    }
