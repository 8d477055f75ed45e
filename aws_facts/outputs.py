"""What the operations of AWS return and take, from the models that the AWS CLI is made of: the data of botocore."""

import gzip
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

OF_COMMAND_LINE = {"s3api": "s3", "deploy": "codedeploy", "configservice": "config"}
"""The models whose commands have another name; `aws s3` has no model.

https://docs.aws.amazon.com/cli/latest/reference/
"""
WITHOUT_MODEL = ("s3", "configure")


@dataclass(frozen=True)
class Output:
    """A value that is returned, by the name of its shape in a service's ``shapes``."""

    shapes: Mapping[str, Mapping[str, Any]]
    name: str

    @property
    def keys(self) -> Collection[str] | None:
        """The members of a structure; None where any key may be there, or none can."""
        shape = self.shapes[self.name]
        return shape["members"] if shape["type"] == "structure" and not shape.get("document") else None

    def member(self, key: str) -> "Output":
        """Return a member of a structure."""
        return Output(self.shapes, self.shapes[self.name]["members"][key]["shape"])

    @property
    def item(self) -> "Output | None":
        """What a list holds; None for anything else."""
        shape = self.shapes[self.name]
        return Output(self.shapes, shape["member"]["shape"]) if shape["type"] == "list" else None


def output_of(service: str, operation: str) -> Output | None:
    """Return what ``aws SERVICE OPERATION`` prints as JSON; None where it is not known."""
    model = None if service in WITHOUT_MODEL else _model(OF_COMMAND_LINE.get(service, service))
    operations = model["operations"] if model else {}
    wanted = operation.replace("-", "")
    found = next((one for name, one in operations.items() if name.lower() == wanted), None)
    return Output(model["shapes"], found["output"]["shape"]) if model and found and "output" in found else None


def values_of(service: str, shape: str) -> Sequence[str]:
    """Return the values that a text of that shape may have, such as ``ComputeType`` of ``codebuild``."""
    model = _model(service)
    return model["shapes"][shape]["enum"] if model else []


@cache
def _model(service: str) -> Mapping[str, Any] | None:
    found = find_spec("botocore")
    if found is None or not found.submodule_search_locations or not service.replace("-", "").isalnum():
        return None
    files = sorted(Path(found.submodule_search_locations[0], "data", service).glob("*/service-2.json.gz"))
    if not files:
        return None
    model: Mapping[str, Any] = json.loads(gzip.decompress(files[-1].read_bytes()))
    return model
