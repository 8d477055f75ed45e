"""Every exception of the AWS client has its sentence."""

import inspect
import string
import warnings
from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest

from delivery.aws.errors import translated
from delivery.aws.exception_kinds import KINDS, kind_of
from reporting.errors import CannotRunError
from settings.environment import load

ERRORS = [
    found
    for _name, found in inspect.getmembers(botocore.exceptions, inspect.isclass)
    if found.__module__ == botocore.exceptions.__name__
    and issubclass(found, Exception)
    and not issubclass(found, warnings.WarningMessage | Warning)
]
BASES = (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError)
SERVICE = botocore.exceptions.ClientError


def made(error: type[Exception]) -> Exception:
    """Make one with a word for each of its fields."""
    if issubclass(error, SERVICE):
        answer: Any = {"Error": {"Code": "Some", "Message": "thing"}, "ResponseMetadata": {"HTTPStatusCode": 400}}
        return error(answer, "DescribeStacks")
    fields = {name: "thing" for _, name, _, _ in string.Formatter().parse(getattr(error, "fmt", "")) if name}
    if not hasattr(error, "fmt"):
        return error("thing")
    more: dict[str, Any] = (
        {"last_response": {}} if issubclass(error, botocore.exceptions.WaiterError) else {"error": "thing"}
    )
    return error(**more, **{name: value for name, value in fields.items() if name not in more})


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
@pytest.mark.parametrize("endpoint", [None, "http://127.0.0.1:9"])
def test_each_is_a_sentence(tmp_path: Path, error: type[Exception], endpoint: str | None) -> None:
    path = tmp_path / "here.toml"
    address = f'endpoint_url = "{endpoint}"\n' if endpoint else ""
    path.write_text(f'[aws]\nregion = "ca-central-1"\naccount_id = "000000000000"\n{address}')

    with pytest.raises(CannotRunError) as raised, translated(load(path), "DescribeStacks"):
        raise made(error)

    [sentence] = raised.value.sentences
    assert sentence.startswith("environment here: ")
    assert "the AWS client failed" not in sentence
    assert "can't read" not in sentence or "format of profiles" in sentence


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_each_has_a_row_of_its_own_or_of_a_base_of_its_kind(error: type[Exception]) -> None:
    assert error in BASES or issubclass(error, SERVICE) or any(base.__name__ in KINDS for base in error.__mro__)


def test_each_row_is_an_exception() -> None:
    known = {error.__name__ for error in ERRORS}
    assert set(KINDS) <= known
    assert {kind_of(error) for error in ERRORS} == set(KINDS.values())
