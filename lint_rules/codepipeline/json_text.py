"""What is wrong with JSON that stands as a text in a configuration."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, fault

_PLAIN = re.compile(r"\$\{AWS::(?:AccountId|Partition|Region|StackName|URLSuffix)\}")
"""What only the deployment knows, but not what would make JSON of a text that is none, or the other way round."""
_UNKNOWN = re.compile(r"\$\{[^{}]*\}")
_TYPES = ("PLAINTEXT", "PARAMETER_STORE", "SECRETS_MANAGER")


def wrong_json(value: Node, key: str, shape: str) -> Iterator[Fault]:
    """Judge the value of ``key``; ``shape``: ``object``, ``list`` or ``variables``, a list of environment variables."""
    read = read_json(value)
    if isinstance(read, ValueError):
        yield fault(value, f"{key} is not valid JSON: {read}. Write a JSON {_words(shape)} in a text.")
    elif read is not None:
        expected = dict if shape == "object" else list
        if not isinstance(read, expected):
            yield fault(value, f"{key} is not a JSON {_words(shape)}. Write one in a text.")
        elif shape == "variables" and isinstance(read, list):
            yield from _variables(value, key, read)


def _words(shape: str) -> str:
    return {"object": "object", "list": "list"}.get(shape, 'list of objects as {"name": "A", "value": "b"}')


def read_json(value: Node) -> Any:  # noqa: ANN401 - whatever the text holds
    """Return what the text holds, the error if it can't be read, or None if it is not known.

    Parts that are not known yet are taken for zeros: they stand within strings as a rule.
    """
    pattern = value.pattern
    if pattern is None or not _UNKNOWN.sub("", pattern).strip():
        return None
    try:
        return json.loads(_UNKNOWN.sub("0", pattern))
    except (ValueError, RecursionError) as error:
        return error if isinstance(error, ValueError) and not _UNKNOWN.search(_PLAIN.sub("0", pattern)) else None


def _variables(value: Node, key: str, items: list[Any]) -> Iterator[Fault]:
    for number, item in enumerate(items, 1):
        where = f"{key}: variable {number}"
        if not isinstance(item, Mapping):
            if value.text is not None:
                yield fault(value, f'{where} is not an object. Write it as {{"name": "A", "value": "b"}}.')
            continue
        lacking = [name for name in ("name", "value") if name not in item]
        unknown = [name for name in item if name not in {"name", "value", "type"}]
        if lacking:
            yield fault(value, f"{where} has no {lacking[0]}. Names are written in lower case; add it.")
        elif unknown:
            yield fault(value, f"{where} has {unknown[0]}. Allowed: name, value and type.")
        elif item.get("type", "PLAINTEXT") not in (*_TYPES, "0"):
            yield fault(value, f"{where} has the type {item['type']}. Allowed: {', '.join(_TYPES)}.")
