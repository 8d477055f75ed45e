"""What the schemas of CloudFormation's registry say of a resource type.

They are those that cfn-lint brings, read from its files, as it takes half a second to import; `handlers.json` has what
they leave open.
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

import functools
import json
import re
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from aws_facts import facts

_HANDLERS = ("create", "read", "update", "delete")
_WHOLE, _TRUTH = re.compile(r"-?[0-9]{1,18}"), {"true": True, "false": False}
_ANY_REGION = "us-east-1"
"""Where every type is."""


def actions_of_type(resource_type: str, region: str) -> frozenset[str]:
    """Return the IAM actions that CloudFormation needs of the deployer, such as ``ecr:CreateRepository``.

    They are those of the type's handlers; of an unknown type there are none.
    """
    known = facts("handlers")
    further = known["further"].get(resource_type)
    if further:
        return frozenset(further["actions"])
    handlers = _schema(resource_type, region).get("handlers", {})
    actions = (action for name in _HANDLERS for action in handlers.get(name, {}).get("permissions", []))
    return frozenset(action for action in actions if action.partition(":")[0] not in known["left_out"])


def replacing_properties(resource_type: str) -> Sequence[str]:
    """Return the properties whose change replaces a resource; of one that is in part so, the whole."""
    paths = _schema(resource_type, _ANY_REGION).get("createOnlyProperties", [])
    return sorted({path.split("/")[2] for path in paths})


def typed(resource_type: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return properties with texts as the numbers and truth values that the type's schema asks for.

    A parameter's value is a text whatever its type; CloudFormation hands a resource what its schema asks for.
    """
    schema = _schema(resource_type, _ANY_REGION)
    return {
        name: _typed(value, schema.get("properties", {}).get(name, {}), schema) for name, value in properties.items()
    }


def _typed(value: Any, about: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any JSON value
    if "$ref" in about:
        about = schema.get("definitions", {}).get(str(about["$ref"]).rpartition("/")[2], {})
    if isinstance(value, dict):
        return {name: _typed(one, about.get("properties", {}).get(name, {}), schema) for name, one in value.items()}
    if isinstance(value, list):
        return [_typed(one, about.get("items", {}), schema) for one in value]
    if not isinstance(value, str):
        return value
    if about.get("type") in ("integer", "number") and _WHOLE.fullmatch(value):
        return int(value)
    return _TRUTH.get(value.lower(), value) if about.get("type") == "boolean" else value


@functools.cache
def _schema(resource_type: str, region: str) -> Mapping[str, Any]:
    name = _types(region).get(resource_type)
    return json.loads((_folder() / "resources" / f"{name}.json").read_bytes()) if name else {}


@functools.cache
def _types(region: str) -> Mapping[str, str]:
    file = _folder() / "providers" / f"{region}.json"
    return json.loads(file.read_bytes()) if file.is_file() else {}


@functools.cache
def _folder() -> Path:
    cfn_lint = find_spec("cfnlint")
    assert cfn_lint is not None and cfn_lint.origin is not None  # noqa: S101, PT018 - it is among the locked packages
    return Path(cfn_lint.origin).with_name("data") / "schemas"
