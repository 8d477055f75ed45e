"""Lets cfn-lint read a template in which a key stands twice as CloudFormation does: the last one is taken."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cfnlint.decode.cfn_yaml import NodeConstructor

REPEATED = "Duplicate found "
"""How cfn-lint's sentences begin about such a key."""


@contextmanager
def taken() -> Iterator[None]:
    """Let each mapping of YAML or JSON have the last of its equal keys alone."""
    flatten: Any = NodeConstructor.flatten_mapping

    def flatten_mapping(self: Any, node: Any) -> None:  # noqa: ANN401 - PyYAML's
        flatten(self, node)
        last = {str(key.value): (key, value) for key, value in node.value}
        node.value = list(last.values())

    NodeConstructor.flatten_mapping = flatten_mapping  # type: ignore[method-assign]
    try:
        yield
    finally:
        NodeConstructor.flatten_mapping = flatten  # type: ignore[method-assign]
