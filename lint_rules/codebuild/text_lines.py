"""Where a line of a text that stands in a template is in the template's file, by the marks that cfn-lint keeps."""

from collections.abc import Mapping
from typing import Any


def line_within(value: Any, line: int) -> int | None:  # noqa: ANN401 - any value of a template
    """Return the line of the file, from 0, that holds line ``line``, from 1, of the text ``value``.

    ``value`` is a text, or an ``Fn::Sub`` or ``Fn::Join`` of one. None where the text has no marks of its own.
    """
    if isinstance(value, Mapping) and len(value) == 1:
        ((function, given),) = value.items()
        if function == "Fn::Sub":
            text = given[0] if isinstance(given, list) and given else given
            return _line(text, text if hasattr(text, "start_mark") else value, line)
        return _joined(given, line) if function == "Fn::Join" else None
    return _line(value, value, line)


def _line(text: Any, marked: Any, line: int) -> int | None:  # noqa: ANN401 - the same
    """Count from the mark of a text in a block; one in quotes, or on one line, begins and ends in its first line."""
    if not isinstance(text, str) or not hasattr(marked, "start_mark"):
        return None
    first, last = marked.start_mark.line, marked.end_mark.line
    is_block = last - first >= len(text.splitlines())
    return int(min(first + line, last)) if is_block and last > first else int(first)


def _joined(given: Any, line: int) -> int | None:  # noqa: ANN401 - the same
    if not (isinstance(given, list) and len(given) > 1 and isinstance(given[0], str) and isinstance(given[1], list)):
        return None
    passed, between = 0, given[0].count("\n")
    for number, item in enumerate(given[1]):
        lines = item.count("\n") if isinstance(item, str) else 0
        if line <= passed + lines + (1 if between else 0):
            return _line(item, item, line - passed) if hasattr(item, "start_mark") else _of_item(given, number)
        passed += lines + between
    return None


def _of_item(given: Any, number: int) -> int | None:  # noqa: ANN401 - the same
    """Count the items of a list in JSON, whose texts have no marks: each has a line of its own, if the first has."""
    if not (hasattr(given, "start_mark") and hasattr(given[1], "start_mark")):
        return None
    above, first = given.start_mark.line, given[1].start_mark.line
    return int(first + number) if first > above else None
