"""Answers of an AWS API: checked against the operation's model before anything reads them.

botocore takes much for an answer that is none: a page of HTML with status 200 reads as an answer without members where
the protocol is JSON, and a member of another type is handed on as it is.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from botocore.model import OperationModel

REDIRECTS, ERRORS, SERVER_ERRORS = range(300, 400), range(400, 600), range(500, 600)
REDIRECTING_SERVICE = "s3"
_ELEMENT = re.compile(rb"<(\w+)")
"""It redirects to a bucket's region, which botocore follows."""

QUOTAS = ("LimitExceededException", "LimitExceeded")
"""AWS's words for a quota that is used up. botocore takes them for throttling, and would try again."""

TYPES: Mapping[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "integer": (int, float),
    "long": (int, float),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "timestamp": (datetime,),
}
"""Python's types for those of botocore's models; what is not listed is not read here."""


class UnusableError(Exception):
    """An answer is not one of AWS; the message says what it is instead."""


class Members(dict[str, Any]):
    """A structure in an answer. Reading a member that is not there raises what ``lacking`` makes of its name."""

    def __init__(self, values: Iterable[tuple[str, Any]] = (), lacking: Callable[[str], Exception] = KeyError) -> None:
        super().__init__(values)
        self._lacking = lacking

    def __missing__(self, name: str) -> Any:  # noqa: ANN401 - it never returns
        raise self._lacking(name)


def with_members(value: Any, lacking: Callable[[str], Exception]) -> Any:  # noqa: ANN401 - any part of an answer
    """Return the answer with each structure in it as ``Members``."""
    if isinstance(value, dict):
        return Members(((key, with_members(one, lacking)) for key, one in value.items()), lacking)
    return [with_members(one, lacking) for one in value] if isinstance(value, list) else value


class AnswerCheck:
    """Looks at every answer that a client gets, and keeps in ``last`` what the latest one was."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - a client of any service
        self.last = ""
        self._model = client.meta.service_model
        client.meta.events.register("before-parse", self._check_body)
        client.meta.events.register("response-received", self._check_shape)

    def _check_body(self, operation_model: OperationModel, response_dict: Mapping[str, Any], **_: object) -> None:
        """Refuse a body that is none of the protocol's, before botocore reads it; server errors are tried again."""
        self.last = described(response_dict)
        status, body, service = response_dict["status_code"], response_dict["body"], operation_model.service_model
        if status in REDIRECTS and service.service_name != REDIRECTING_SERVICE:
            raise UnusableError(self.last)
        if service.resolved_protocol == "json" and body and status not in SERVER_ERRORS and not _is_json_object(body):
            raise UnusableError(f"{self.last}, which is not a JSON object")
        root = f"{operation_model.name}Response"
        if service.resolved_protocol == "query" and status not in ERRORS and _root_element(body) != root:
            raise UnusableError(f"{self.last}, which is not a {root}")

    def _check_shape(
        self,
        event_name: str,
        response_dict: Mapping[str, Any] | None,
        parsed_response: Any,  # noqa: ANN401 - what botocore read
        exception: Exception | None,
        **_: object,
    ) -> None:
        """Refuse an answer in which a member has another type than the model says."""
        if exception is not None or response_dict is None:
            self.last = type(exception).__name__
        elif parsed_response.get("Error", {}).get("Code") in QUOTAS:
            from botocore.exceptions import ClientError  # noqa: PLC0415 - half a second that --help can do without

            raise ClientError(parsed_response, event_name.rpartition(".")[2])
        elif response_dict["status_code"] not in ERRORS:
            shape = self._model.operation_model(event_name.rpartition(".")[2]).output_shape
            wrong = next(_misshapen(shape, parsed_response, ""), None) if shape else None
            if wrong is not None:
                raise UnusableError(f"{self.last}, in which {wrong}")


def described(response: Mapping[str, Any]) -> str:
    """Say what an HTTP answer is: its status, the type of its content, and where it redirects to."""
    headers = {str(name).lower(): str(value) for name, value in response["headers"].items()}
    kind = headers.get("content-type", "").partition(";")[0]
    parts = [
        f"HTTP {response['status_code']}",
        f"with {kind}" if kind else "",
        "" if response["body"] else "without a body",
    ]
    if response["status_code"] in REDIRECTS:
        parts.append(f"that leads to {headers.get('location', 'nowhere')}")
    return " ".join(filter(None, parts))


def _is_json_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        return False


def _root_element(body: bytes) -> str:
    """Read the name of an XML document's outermost element; empty where there is none."""
    found = _ELEMENT.search(body)
    return found[1].decode(errors="replace") if found else ""


def _misshapen(shape: Any, value: Any, place: str) -> Iterator[str]:  # noqa: ANN401 - a model's shape, a part of an answer
    """Say for each part of ``value`` that ``shape`` does not fit what it is; ``place`` is its path."""
    wanted = TYPES.get(shape.type_name)
    if wanted is not None and not isinstance(value, wanted):
        yield f"{place or 'the whole'} is {type(value).__name__} in place of {shape.type_name}"
        return
    for part, one, below in _parts(shape, value):
        yield from _misshapen(part, one, f"{place}{below}".lstrip("."))


def _parts(shape: Any, value: Any) -> list[tuple[Any, Any, str]]:  # noqa: ANN401 - as above
    if shape.type_name == "structure":
        return [(shape.members[name], value[name], f".{name}") for name in shape.members if name in value]
    if shape.type_name == "list":
        return [(shape.member, one, f"[{number}]") for number, one in enumerate(value)]
    return [(shape.value, one, f".{key}") for key, one in value.items()] if shape.type_name == "map" else []
