"""Variable references in configurations: ``#{namespace.variable}``.

https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html
"""

import re
from collections.abc import Mapping

EXECUTION_NAMESPACE = "codepipeline"
PIPELINE_NAMESPACE = "variables"

REFERENCE = re.compile(r"#\{([A-Za-z0-9@\-_]+)\.([A-Za-z0-9@\-_]+)\}")

Namespaces = Mapping[str, Mapping[str, str]]


class UnresolvedVariableError(Exception):
    """A reference names nothing that exists in this execution."""


def references(value: str) -> list[tuple[str, str]]:
    """Give (namespace, variable) for each reference in ``value``."""
    return [(match[1], match[2]) for match in REFERENCE.finditer(value)]


def resolved(configuration: Mapping[str, str], namespaces: Namespaces) -> dict[str, str]:
    """Return ``configuration`` with its references replaced; ``UnresolvedVariableError`` for one that names nothing."""

    def value_of(match: re.Match[str]) -> str:
        try:
            return namespaces[match[1]][match[2]]
        except KeyError:
            known = sorted(f"{namespace}.{name}" for namespace, names in namespaces.items() for name in names)
            raise UnresolvedVariableError(
                f"{match[0]} does not exist in this execution. There are: {', '.join(known)}."
            ) from None

    return {key: REFERENCE.sub(value_of, value) for key, value in configuration.items()}
