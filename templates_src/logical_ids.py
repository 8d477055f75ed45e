"""How names of the settings become logical ids: PascalCase, letters and digits only."""

import re
from collections import Counter
from collections.abc import Iterable

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
