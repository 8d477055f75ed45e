"""CloudFormation within MiniStack: resource types of ours, and what a request's template is."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from ministack import app
from ministack.services import cloudformation, ec2, kms
from ministack.services.cloudformation import custom_resource, drift, engine, handlers, helpers, provisioners

from aws_facts.registry_schemas import replacing_properties
from local_aws.ministack.adapter import Answer, Headers, Query

Properties = dict[str, Any]
Made = tuple[str, dict[str, Any]]
"""A resource's physical id, and its attributes for Fn::GetAtt."""


def add_resource_type(
    name: str,
    *,
    create: Callable[[str, Properties, str], Made],
    update: Callable[[str, Properties, Properties, str], Made],
    delete: Callable[[str, Properties], None],
    tags: tuple[str, str] | None,
    read: tuple[Callable[[str, Properties], Properties | None], frozenset[str]],
) -> None:
    """Have stacks make resources of type ``name``; a handler that fails raises ``ValueError`` with the reason.

    ``tags`` is the property that takes the stack's tags and its form, ``list`` or ``map``; ``read`` gives the live
    properties for drift, and which of them are read.
    """
    provisioners._RESOURCE_HANDLERS[name] = {"create": create, "update": update, "delete": delete}
    provisioners._REPLACING_PROPERTIES[name] = tuple(replacing_properties(name))
    drift._DRIFT_READERS[name] = read
    if tags is not None:
        provisioners._STACK_TAG_PROPERTY[name] = tags


def after_resource(name: str, apply: Callable[[str, Properties], None]) -> None:
    """Have ``apply(physical id, properties)`` complete each resource of a type that a stack made or changed."""
    handlers_of_type = provisioners._RESOURCE_HANDLERS[name]
    original_create, original_update = handlers_of_type["create"], handlers_of_type["update"]

    def create(logical_id: str, properties: Properties, stack_name: str) -> Made:
        made: Made = original_create(logical_id, properties, stack_name)
        apply(made[0], properties)
        return made

    def update(physical_id: str, old: Properties, new: Properties, *rest: str) -> Made:
        made: Made = original_update(physical_id, old, new, *rest)
        apply(made[0], new)
        return made

    provisioners._RESOURCE_HANDLERS[name] = {**handlers_of_type, "create": create, "update": update}


def before_creation(name: str, check: Callable[[Properties], None]) -> None:
    """Have ``check(properties)`` see each resource of a type before a stack makes it; its ``ValueError`` refuses."""
    handlers_of_type = provisioners._RESOURCE_HANDLERS[name]
    original = handlers_of_type["create"]

    def create(logical_id: str, properties: Properties, stack_name: str) -> Made:
        check(properties)
        made: Made = original(logical_id, properties, stack_name)
        return made

    provisioners._RESOURCE_HANDLERS[name] = {**handlers_of_type, "create": create}


def delete_by(name: str, delete: Callable[[str, Properties], None]) -> None:
    """Have stacks delete resources of a type by ``delete(physical id, properties)``; its ``ValueError`` refuses."""
    provisioners._RESOURCE_HANDLERS[name] = {**provisioners._RESOURCE_HANDLERS[name], "delete": delete}


def be_signalled_at(host: str) -> None:
    """Have wait conditions and custom resources be answered at ``host``, at this process's port."""
    custom_resource._HOST = host


def say_what_replaces(naming: Mapping[str, str]) -> None:
    """Tell what replaces a resource, and which property names it if any does, of types that MiniStack leaves out."""
    for name, named_by in naming.items():
        provisioners._REPLACING_PROPERTIES.setdefault(name, tuple(replacing_properties(name)))
        if named_by:
            provisioners._CUSTOM_NAME_REPLACEMENT.setdefault(name, {"name": named_by})


def generated_name(stack_name: str, logical_id: str, *, longest: int) -> str:
    """Return a stable name for a resource whose template gives none, such as ``stack-LogicalId-1A2B``."""
    name: str = provisioners._physical_name(stack_name, logical_id, max_len=longest)
    return name


def template_of_request(parameters: dict[str, list[str]]) -> tuple[str, Answer | None]:
    """Return the template's text of a request with TemplateBody or TemplateURL, or the refusal of it."""
    body, refusal = helpers._resolve_template(parameters)
    return body or "", refusal


def refusal(code: str, message: str) -> Answer:
    """Give CloudFormation's error of that ``code``, as its Query protocol has it."""
    answer: Answer = helpers._error(code, message)
    return answer


def stack_named(name: str) -> dict[str, Any] | None:
    """Return a stack's record, by name or id; None where there is none. Call it within a request or ``acting_in``."""
    found: dict[str, Any] | None = handlers._resolve_stack(name)
    return found


def live_stacks() -> list[dict[str, Any]]:
    """Return the records of the stacks that are not deleted. Call it within a request or ``acting_in``."""
    return [stack for stack in cloudformation._stacks.values() if stack["StackStatus"] != "DELETE_COMPLETE"]


def call_ec2(action: str, parameters: Mapping[str, str]) -> str:
    """Call an operation of EC2 in-process; give its answer as XML. A refusal raises ``ValueError``."""
    status, _headers, body = ec2._ACTION_MAP[action]({name: [value] for name, value in parameters.items()})
    text: str = body.decode()
    if status != HTTPStatus.OK:
        raise ValueError(text)
    return text


def query_parameters(method: str, path: str, headers: Headers, body: bytes, query: Query) -> dict[str, list[str]]:
    """Return the parameters of a Query request, wherever they stand."""
    return dict(app._routing_params(method, path, headers, body, query))


def parsed_template(text: str) -> object:
    """Read a template in JSON, or in YAML with CloudFormation's tags."""
    template: object = engine._parse_template(text)
    return template


def key_arn(alias_arn: str) -> str | None:
    """Return the ARN of the key behind an alias; None where there is no such alias. Call it within a request."""
    record = kms._resolve_key(alias_arn)
    return None if record is None else str(record["Arn"])
