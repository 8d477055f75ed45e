"""How names become logical ids, and how values cross from stack to stack under a name."""

import re
from collections import Counter
from collections.abc import Iterable

from troposphere import Export, ImportValue, Output

_BETWEEN_WORDS, _BEFORE_WORD = re.compile(r"[^A-Za-z0-9]+"), re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class RepeatedLogicalIdError(ValueError):
    """Names of the settings become the same logical id, which a template can hold once only."""


def refuse_repeated(template: str, logical_ids: Iterable[str]) -> None:
    """Raise ``RepeatedLogicalIdError`` if one of ``logical_ids`` of the template of that description comes twice."""
    repeated = sorted(name for name, times in Counter(logical_ids).items() if times > 1)
    if repeated:
        raise RepeatedLogicalIdError(
            f"names of services, variables or parameters, put together, become the same logical id twice: found "
            f"{', '.join(repeated)} in the template {template!r}; allowed is each once, so rename one of them."
        )


def pascal(name: str) -> str:
    """Return ``backend-flask`` as ``BackendFlask`` and ``FRONTEND_URL`` as ``FrontendUrl``."""
    return "".join(word.capitalize() for word in _BETWEEN_WORDS.split(name))


def kebab(logical_id: str) -> str:
    """Return ``PublicSubnetA`` as ``public-subnet-a``."""
    return _BEFORE_WORD.sub("-", logical_id).lower()


def exported(stack: str, name: str, value: object, description: str) -> Output:
    """Make an output of ``stack`` that other stacks can import."""
    return Output(name, Description=description, Value=value, Export=Export(f"{stack}:{name}"))


def imported(stack: str, name: str) -> ImportValue:
    """Take the value that ``stack`` exports under ``name``."""
    return ImportValue(f"{stack}:{name}")
