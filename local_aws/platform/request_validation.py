"""Reads values by the shapes of an AWS API: CloudFormation's spelling into the API's, and what the API refuses."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from local_aws.platform.service import Caller, Json, Operation, ServiceError

_NUMBERS = ("integer", "long")
_INTEGER = re.compile("-?[0-9]+")


@cache
def _model(service: str) -> Any:  # noqa: ANN401 - botocore carries no annotations
    from botocore.loaders import Loader  # noqa: PLC0415 - 0.2 s that starting need not spend
    from botocore.model import ServiceModel  # noqa: PLC0415 - the same

    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def in_api_spelling(service: str, shape: str, value: object) -> Any:  # noqa: ANN401 - any JSON value
    """Turn a template's properties into the members of ``shape``: names by any case, numbers and flags typed.

    A name that the shape does not have raises ``ServiceError``: nothing is dropped.
    """
    return _converted(_model(service).shape_for(shape), value, shape)


def _converted(shape: Any, value: Any, where: str) -> Any:  # noqa: ANN401, PLR0911 - one line for each kind of shape
    if getattr(shape, "is_document_type", False):
        return value
    if shape.type_name == "structure" and isinstance(value, dict):
        names = {name.lower(): name for name in shape.members}
        unknown = [name for name in value if name.lower() not in names]
        if unknown:
            raise ServiceError("ValidationException", f"Encountered unsupported property {unknown[0]} in {where}")
        return {
            names[name.lower()]: _converted(shape.members[names[name.lower()]], member, name)
            for name, member in value.items()
        }
    if shape.type_name == "list" and isinstance(value, list):
        return [_converted(shape.member, item, where) for item in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {str(key): _converted(shape.value, item, where) for key, item in value.items()}
    if shape.type_name in _NUMBERS and _INTEGER.fullmatch(str(value)):
        return int(value)
    if shape.type_name == "boolean" and str(value).lower() in {"true", "false"}:
        return str(value).lower() == "true"
    if shape.type_name == "string" and isinstance(value, bool):
        return str(value).lower()
    return str(value) if shape.type_name == "string" and isinstance(value, int | float) else value


def check(service: str, shape: str, value: object, where: str) -> None:
    """Raise ``ServiceError`` ValidationException where ``value`` breaks the constraints of ``shape``, all named."""
    _refuse(list(_problems(_model(service).shape_for(shape), value, where)))


def _refuse(problems: Sequence[str]) -> None:
    if problems:
        errors = "error" if len(problems) == 1 else "errors"
        raise ServiceError(
            "ValidationException", f"{len(problems)} validation {errors} detected: {'; '.join(problems)}"
        )


def _problems(shape: Any, value: Any, where: str) -> Iterator[str]:  # noqa: ANN401
    check = _CHECKS.get((shape.type_name, type(value)))
    if check is not None:
        yield from check(shape, value, where)
    elif shape.type_name in _CHECKED_KINDS:
        yield _failed(repr(value), where, f"Member must be a {shape.type_name}")


def _structure_problems(shape: Any, value: Json, where: str) -> Iterator[str]:  # noqa: ANN401
    for name in shape.required_members:
        if value.get(name) is None:
            yield _failed("null", f"{where}.{name}", "Member must not be null")
    for name, member in value.items():
        if name in shape.members and member is not None:
            yield from _problems(shape.members[name], member, f"{where}.{name}")


def _list_problems(shape: Any, value: list[Any], where: str) -> Iterator[str]:  # noqa: ANN401
    yield from _out_of_bounds(shape, value, len(value), where)
    for number, item in enumerate(value, 1):
        yield from _problems(shape.member, item, f"{where}.{number}.member")


def _map_problems(shape: Any, value: Json, where: str) -> Iterator[str]:  # noqa: ANN401
    for key, item in value.items():
        yield from _problems(shape.value, item, f"{where}.{key}")


def _text_problems(shape: Any, value: str, where: str) -> Iterator[str]:  # noqa: ANN401
    yield from _out_of_bounds(shape, value, len(value), where)
    if shape.enum and value not in shape.enum:
        yield _failed(f"'{value}'", where, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")
    pattern = shape.metadata.get("pattern")
    if pattern and not _matches(pattern, value):
        yield _failed(f"'{value}'", where, f"Member must satisfy regular expression pattern: {pattern}")


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        # The API's patterns are Java's, a few of which Python does not read; those are left to AWS.
        return True


def _out_of_bounds(shape: Any, value: object, length: int, where: str) -> Iterator[str]:  # noqa: ANN401
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and length < least:
        yield _failed(f"'{value}'", where, f"Member must have length greater than or equal to {least}")
    if most is not None and length > most:
        yield _failed(f"'{value}'", where, f"Member must have length less than or equal to {most}")


def _number_problems(shape: Any, value: int, where: str) -> Iterator[str]:  # noqa: ANN401
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and value < least:
        yield _failed(f"'{value}'", where, f"Member must have value greater than or equal to {least}")
    if most is not None and value > most:
        yield _failed(f"'{value}'", where, f"Member must have value less than or equal to {most}")


def _no_problems(_shape: Any, _value: bool, _where: str) -> Iterator[str]:  # noqa: ANN401, FBT001
    yield from ()


_CHECKS: dict[tuple[str, type], Callable[[Any, Any, str], Iterator[str]]] = {
    ("structure", dict): _structure_problems,
    ("list", list): _list_problems,
    ("map", dict): _map_problems,
    ("string", str): _text_problems,
    ("integer", int): _number_problems,
    ("long", int): _number_problems,
    ("boolean", bool): _no_problems,
}
_CHECKED_KINDS = frozenset(kind for kind, _type in _CHECKS)


def _failed(value: str, where: str, constraint: str) -> str:
    return f"Value {value} at '{where}' failed to satisfy constraint: {constraint}"


def check_request(service: str, operation: str, request: Json) -> None:
    """Raise ``ServiceError`` where a request breaks the constraints of its operation's input."""
    shape = _model(service).operation_model(operation).input_shape
    _refuse([problem.replace("'.", "'", 1) for problem in _problems(shape, request, "")])


def request_of(service: str, operation: str, properties: object) -> Any:  # noqa: ANN401 - any JSON value
    """Return the request of an operation that a template's properties stand for; raises ``ServiceError``."""
    members = in_api_spelling(service, f"{operation}Input", properties)
    check_request(service, operation, members)
    return members


def checked(service: str, operations: Mapping[str, Operation]) -> Mapping[str, Operation]:
    """Have the request of each of ``operations`` checked before it is answered."""

    def before(name: str, operation: Operation) -> Operation:
        def answer(caller: Caller, request: Json) -> Json | None:
            check_request(service, name, request)
            return operation(caller, request)

        return answer

    return {name: before(name, operation) for name, operation in operations.items()}
