"""On which line of a rendered template a value stands: `json.dumps` with an indent writes a line a value."""

from collections.abc import Sequence
from typing import Any


def line_of(template: Any, path: Sequence[str | int]) -> tuple[int, Sequence[str | int]]:  # noqa: ANN401 - any JSON
    """Return the line, from 1, of what stands at ``path``, or of the nearest thing above it, and that thing's path."""
    line, value, found = 1, template, []
    for part in path:
        members = value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else [])
        before = 1
        for key, member in members:
            if key == part:
                line, value = line + before, member
                found.append(part)
                break
            before += _lines(member)
        else:
            break
    return line, found


def _lines(value: Any) -> int:  # noqa: ANN401 - any JSON
    if isinstance(value, dict) and value:
        return 2 + sum(_lines(member) for member in value.values())
    if isinstance(value, list) and value:
        return 2 + sum(_lines(member) for member in value)
    return 1
