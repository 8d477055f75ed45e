"""The operations of CodeConnections, under its present name and its older one.

https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_Operations.html
"""

from collections.abc import Mapping, Sequence

from local_aws.platform.members import as_list, as_map, listed, without
from local_aws.platform.service import Caller, Json, Operation, Service, ServiceError
from local_aws.services.codeconnections.connections import ConnectionRecord, Connections

TARGETS = {
    "codeconnections": "com.amazonaws.codeconnections.CodeConnections_20231201",
    "codestar-connections": "com.amazonaws.codestar.connections.CodeStar_connections_20191201",
}
PROVIDERS = ("Bitbucket", "GitHub", "GitHubEnterpriseServer", "GitLab", "GitLabSelfManaged", "AzureDevOps")
_LONGEST_NAME = 32


def services(connections: Connections) -> Sequence[Service]:
    """Make the two services, which hold the same connections."""
    return [
        Service(
            name=name,
            target=target,
            operations=_operations(connections, name),
            resources=_resources,
        )
        for name, target in TARGETS.items()
    ]


def create(connections: Connections, service: str, request: Json) -> ConnectionRecord:
    """Make a connection from the members of CreateConnection, or refuse as AWS does."""
    name, host_arn = request.get("ConnectionName") or "", request.get("HostArn") or ""
    provider = request.get("ProviderType") or ""
    if not 1 <= len(name) <= _LONGEST_NAME:
        raise ServiceError("InvalidInputException", f"ConnectionName '{name}' must have 1 to 32 characters.")
    if not provider and not host_arn:
        raise ServiceError("InvalidInputException", "Either ProviderType or HostArn must be given.")
    if provider and host_arn:
        raise ServiceError("InvalidInputException", "ProviderType and HostArn can't both be given.")
    if provider and provider not in PROVIDERS:
        allowed = ", ".join(PROVIDERS)
        message = (
            f"1 validation error detected: Value '{provider}' at 'providerType' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{allowed}]"
        )
        raise ServiceError("ValidationException", message)
    if any(record.name == name for record in connections.all()):
        # https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_Connection.html
        message = f"A connection named '{name}' already exists: connection names must be unique in an AWS account."
        raise ServiceError("ResourceAlreadyExistsException", message)
    return connections.create(
        service=service, name=name, provider_type=provider, host_arn=host_arn, tags=as_map(request.get("Tags"))
    )


def found(connections: Connections, arn: object) -> ConnectionRecord:
    """Return the connection with that ARN, or refuse as AWS does."""
    record = connections.get(str(arn))
    if record is None:
        raise ServiceError("ResourceNotFoundException", f"Resource not found: {arn}")
    return record


def _operations(connections: Connections, service: str) -> Mapping[str, Operation]:
    return {
        "CreateConnection": lambda _caller, request: _create(connections, service, request),
        "GetConnection": lambda caller, request: {
            "Connection": _shown(found(connections, request.get("ConnectionArn")), caller)
        },
        "ListConnections": lambda caller, request: _list(connections, request, caller),
        "DeleteConnection": lambda _caller, request: connections.delete(
            found(connections, request.get("ConnectionArn")).arn
        ),
        "ListHosts": lambda _caller, _request: {"Hosts": []},
        "ListTagsForResource": lambda _caller, request: {
            "Tags": as_list(found(connections, request.get("ResourceArn")).tags, capital=True)
        },
        "TagResource": lambda _caller, request: _tag(connections, request),
        "UntagResource": lambda _caller, request: _untag(connections, request),
    }


def _create(connections: Connections, service: str, request: Json) -> Json:
    record = create(connections, service, request)
    return {"ConnectionArn": record.arn, "Tags": as_list(record.tags, capital=True)}


def _shown(record: ConnectionRecord, caller: Caller) -> Json:
    shown = {
        "ConnectionName": record.name,
        "ConnectionArn": record.arn,
        "ProviderType": record.provider_type,
        "OwnerAccountId": caller.account_id,
        "ConnectionStatus": record.status,
        "HostArn": record.host_arn,
    }
    return {name: value for name, value in shown.items() if value}


def _list(connections: Connections, request: Json, caller: Caller) -> Json:
    provider, host = request.get("ProviderTypeFilter"), request.get("HostArnFilter")
    shown = [
        _shown(record, caller)
        for record in connections.all()
        if (provider is None or record.provider_type == provider) and (host is None or record.host_arn == host)
    ]
    return listed("Connections", shown, request, "InvalidInputException")


def _tag(connections: Connections, request: Json) -> None:
    record = found(connections, request.get("ResourceArn"))
    connections.tag(record.arn, {**record.tags, **as_map(request.get("Tags"))})


def _untag(connections: Connections, request: Json) -> None:
    record = found(connections, request.get("ResourceArn"))
    connections.tag(record.arn, without(record.tags, request.get("TagKeys", [])))


def _resources(operation: str, request: Json, caller: Caller) -> Sequence[str]:
    del operation, caller
    arn = request.get("ConnectionArn", request.get("ResourceArn"))
    return [arn] if isinstance(arn, str) else []
