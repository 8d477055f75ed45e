"""Finds what stands in an environment file in place of a value that only its owner knows."""

import re
from collections.abc import Iterator, Mapping

from reporting.errors import CannotRunError
from settings.environment import Environment

_ACCOUNT = r"(?:123456789012|111122223333|(?P<digit>\d)(?P=digit){11})"
"""Ids that AWS's documentation has, and such as nobody has."""

_NOBODYS = re.compile(_ACCOUNT)
_PLACEHOLDER = re.compile(
    # Names that nobody can own. https://www.rfc-editor.org/rfc/rfc2606
    r"(^|[@/.])example\.(com|net|org)([:/]|$)|\.(example|test|invalid)([:/]|$)"
    rf"|_Example0|_example$|0example0|Z0EXAMPLE|Z0?123456789|:{_ACCOUNT}:"
    r"|^<.*>$|change[-_ ]?me|replace[-_ ]?me|^your[-_ ]|your-?domain\.|^xxx|X{4}"
    r"|^(?:todo|fixme|tbd|placeholder)\b|^\?+$",
    re.IGNORECASE,
)


def refuse(environment: Environment) -> None:
    """Raise ``CannotRunError`` with one sentence that names all placeholders of an environment that is real."""
    if environment.endpoint_url is not None:
        return
    found = [*_found(environment)]
    if found:
        raise CannotRunError(
            f"{environment.file}: found placeholders in {', '.join(found)}; allowed is what belongs to you: "
            "put your own values there, or leave a parameter out that you do not need."
        )


def _found(environment: Environment) -> Iterator[str]:
    if _NOBODYS.fullmatch(environment.account_id):
        yield f"[aws] account_id ({environment.account_id})"
    yield from _of_table("parameters", environment.parameters)
    for stack, values in environment.stack_parameters.items():
        yield from _of_table(f"parameters.{stack}", values)


def _of_table(table: str, values: Mapping[str, str]) -> Iterator[str]:
    for name, value in values.items():
        if _PLACEHOLDER.search(value):
            yield f"[{table}] {name} ({value})"
