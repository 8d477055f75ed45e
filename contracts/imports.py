"""E9601: what a stack imports, another one exports."""

from collections.abc import Iterator
from typing import Any

from contracts.reading import Reading
from reporting.findings import Finding


def findings(reading: Reading) -> Iterator[Finding]:
    """Look at every ``Fn::ImportValue`` whose name is known."""
    for stack in reading.system.stacks:
        for path, given in _imports(stack.template, ()):
            name = reading.text(given, stack)
            if name is not None and "${" not in name and name not in reading.system.exports:
                yield reading.finding_in(
                    "E9601",
                    stack,
                    path,
                    f"{stack.name} imports {name}, which no stack exports.",
                    f"Export it from the stack that makes it, or import one of: {_nearest(name, reading)}.",
                )


def _imports(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:  # noqa: ANN401
    waiting = [(path, value)]
    while waiting:
        place, one = waiting.pop()
        members = one.items() if isinstance(one, dict) else enumerate(one) if isinstance(one, list) else ()
        for key, member in members:
            if key == "Fn::ImportValue":
                yield (*place, key), member
            if isinstance(member, dict | list):
                waiting.append(((*place, key), member))


def _nearest(name: str, reading: Reading) -> str:
    import difflib  # noqa: PLC0415 - only where something is wrong

    names = list(reading.system.exports)
    return ", ".join(difflib.get_close_matches(name, names, n=3, cutoff=0) or ["none is exported"])
