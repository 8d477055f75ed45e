"""Names that are taken: a stack can't make a resource under one, and may import what has it where that is asked for."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

from ministack.core import responses
from ministack.services import alb, cloudwatch, cloudwatch_logs, ecr, ecs, eventbridge, iam, kms, sns, ssm
from ministack.services.cloudformation import changesets, provisioners

from local_aws.ministack.cloudformation.handler_reasons import handler_reason, service_message
from local_aws.ministack.cloudformation.stacks import Properties, before_creation, live_stacks

_REPOSITORY = "AWS::ECR::Repository"


@dataclass(frozen=True)
class _Naming:
    """How a resource type is named: the property, who has the name, and what the service says then."""

    name: str
    is_taken: Callable[[str], bool]
    sentence: Callable[[str], str]


def refuse_taken_names() -> None:
    """Have a creation fail whose explicit name is taken, and let repositories be imported."""
    for kind, naming in _namings().items():
        before_creation(kind, _check(kind, naming))
    by_name: tuple[Any, ...] = (("RepositoryName",), _import_problem)
    changesets._IMPORT_LOOKUPS[_REPOSITORY] = by_name
    provisioners._RESOURCE_HANDLERS[_REPOSITORY]["import"] = _import_repository


def _namings() -> dict[str, _Naming]:
    """Give them by type; a store is looked up when it is asked for, since restoring state may replace it."""
    return {
        **_generic_namings(),
        "AWS::Logs::LogGroup": _Naming(
            "LogGroupName", lambda name: name in cloudwatch_logs._log_groups, _log_group_exists
        ),
        _REPOSITORY: _Naming("RepositoryName", lambda name: name in ecr._repositories, _repository_exists),
        "AWS::SSM::Parameter": _Naming(
            "Name", lambda name: ssm._lookup_parameter(name)[1] is not None, _parameter_exists
        ),
        "AWS::IAM::Role": _Naming("RoleName", lambda name: name in iam._roles, _role_exists),
        "AWS::KMS::Alias": _Naming("AliasName", lambda name: kms._alias_arn(name) in kms._aliases, _alias_exists),
    }


def _generic_namings() -> dict[str, _Naming]:
    """Give those that MiniStack would take over, and delete when the stack that it refuses is rolled back."""
    named: dict[str, tuple[str, Callable[[str], bool]]] = {
        "AWS::ECS::Cluster": ("ClusterName", lambda name: name in ecs._clusters),
        "AWS::CloudWatch::Alarm": ("AlarmName", lambda name: name in cloudwatch._alarms),
        "AWS::ElasticLoadBalancingV2::LoadBalancer": (
            "Name",
            lambda name: any(one["LoadBalancerName"] == name for one in alb._lbs.values()),
        ),
        "AWS::ElasticLoadBalancingV2::TargetGroup": (
            "Name",
            lambda name: any(one["TargetGroupName"] == name for one in alb._tgs.values()),
        ),
        "AWS::Events::Rule": (
            "Name",
            lambda name: eventbridge._rule_key(name, "default") in eventbridge._rules,
        ),
        "AWS::SNS::Topic": (
            "TopicName",
            lambda name: any(arn.rpartition(":")[2] == name for arn in sns._topics),
        ),
    }
    return {kind: _Naming(name, is_taken, partial(_exists, kind)) for kind, (name, is_taken) in named.items()}


def _exists(kind: str, name: str) -> str:
    return f"Resource of type '{kind}' with identifier '{name}' already exists."


def _check(kind: str, naming: _Naming) -> Callable[[Properties], None]:
    def check(properties: Properties) -> None:
        """Raise ``ValueError``; a name that CloudFormation makes up is not looked at, since on AWS it is always new."""
        name = properties.get(naming.name)
        if not name or not naming.is_taken(name):
            return
        owner = _owner(kind, name)
        if owner:
            raise ValueError(f"{name} already exists in stack {owner}")
        raise ValueError(handler_reason(naming.sentence(name), "AlreadyExists"))

    return check


def _owner(kind: str, name: str) -> str:
    """Return the id of the stack that holds a resource of that type and name; empty for none."""
    for stack in live_stacks():
        for record in stack.get("_resources", {}).values():
            identifier = str(record.get("PhysicalResourceId", ""))
            is_named = identifier == name or (
                identifier.startswith("arn:") and name in identifier.replace("/", ":").split(":")
            )
            if record.get("ResourceType") == kind and is_named:
                return str(stack["StackId"])
    return ""


def _log_group_exists(name: str) -> str:
    identifier = json.dumps({"/properties/LogGroupName": name}, separators=(",", ":"))
    return f"Resource of type 'AWS::Logs::LogGroup' with identifier '{identifier}' already exists."


def _repository_exists(name: str) -> str:
    account = responses.get_account_id()
    sentence = f"The repository with name '{name}' already exists in the registry with id '{account}'"
    return service_message(sentence, "Ecr", HTTPStatus.BAD_REQUEST)


def _parameter_exists(_name: str) -> str:
    sentence = "The parameter already exists. To overwrite this value, set the overwrite option in the request to true."
    return service_message(sentence, "Ssm", HTTPStatus.BAD_REQUEST)


def _role_exists(name: str) -> str:
    return service_message(f"Role with name {name} already exists.", "Iam", HTTPStatus.CONFLICT)


def _alias_exists(name: str) -> str:
    sentence = f"An alias with the name {kms._alias_arn(name)} already exists"
    return service_message(sentence, "Kms", HTTPStatus.BAD_REQUEST)


def _import_problem(name: str) -> str | None:
    if name in ecr._repositories:
        return None
    return f"Resource of type '{_REPOSITORY}' with identifier '{name}' was not found."


def _import_repository(identifier: dict[str, str]) -> tuple[str, dict[str, str]]:
    record = ecr._repositories[identifier["RepositoryName"]]
    return identifier["RepositoryName"], {
        "Arn": record["repositoryArn"],
        "RepositoryUri": record["repositoryUri"],
    }
