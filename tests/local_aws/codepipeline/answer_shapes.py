"""What CodePipeline's API may answer, by botocore's model of it."""

from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from local_aws.platform.service import Json


@cache
def model() -> Any:
    return ServiceModel(Loader().load_service_model("codepipeline", "service-2"))


def shape_faults(operation: str, answer: Json) -> str:
    """Return what botocore would find wrong with an answer: types, unknown members, lengths, values of enumerations."""
    shape = model().operation_model(operation).output_shape
    if shape is None:
        return "" if answer == {} else f"an answer where none is due: {answer}"
    report: str = ParamValidator().validate(answer, shape).generate_report()
    return " ".join([report, *_enumerations(shape, answer)]).strip()


def _enumerations(shape: Any, value: Any) -> list[str]:
    if shape.type_name == "structure":
        members = [(shape.members[name], member) for name, member in value.items() if name in shape.members]
        return [fault for inner, member in members for fault in _enumerations(inner, member)]
    if shape.type_name == "list":
        return [fault for member in value for fault in _enumerations(shape.member, member)]
    enumeration = getattr(shape, "enum", None)
    return [f"{value!r} is none of {enumeration}"] if enumeration and value not in enumeration else []
