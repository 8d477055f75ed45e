"""AWS::ECR::SigningConfiguration: one a registry, whose account's id it is known by.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-signingconfiguration.html
"""

from local_aws.cloudformation.resource_types.resource_type import Made, Properties, ResourceType
from local_aws.platform.service import ServiceError
from local_aws.services.ecr.operations import Json
from local_aws.services.ecr.signatures import Signatures


def signing_configuration_type(signatures: Signatures, account_id: str) -> ResourceType:
    """Make the resource type for the signing configuration of an account and region."""

    def put(properties: Properties) -> Made:
        signatures.put({"rules": [_rule(one) for one in properties["Rules"]]})
        return account_id, {"RegistryId": account_id}

    def create(properties: Properties, _name: str) -> Made:
        if signatures.get() is not None:
            raise ServiceError("ResourceConflictException", "The registry has a signing configuration already.")
        return put(properties)

    def delete(_physical_id: str) -> None:
        if signatures.get() is not None:
            signatures.delete()

    return ResourceType(
        name="AWS::ECR::SigningConfiguration",
        service="Ecr",
        create=create,
        update=lambda _physical_id, _old, new: put(new),
        delete=delete,
        read=lambda _physical_id, _properties: _properties_of(signatures.get()),
        readable=frozenset({"Rules"}),
        tags=None,
    )


def _rule(rule: Properties) -> Properties:
    filters = [{"filter": one["Filter"], "filterType": one["FilterType"]} for one in rule.get("RepositoryFilters", [])]
    return {"signingProfileArn": rule["SigningProfileArn"], **({"repositoryFilters": filters} if filters else {})}


def _declared(rule: Json) -> Properties:
    filters = [{"Filter": one["filter"], "FilterType": one["filterType"]} for one in rule.get("repositoryFilters", [])]
    return {"SigningProfileArn": rule["signingProfileArn"], **({"RepositoryFilters": filters} if filters else {})}


def _properties_of(configuration: Json | None) -> Properties | None:
    return None if configuration is None else {"Rules": [_declared(rule) for rule in configuration["rules"]]}
