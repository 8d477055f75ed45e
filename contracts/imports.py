"""E9601: what a stack imports, another one exports."""

from collections.abc import Iterator, Mapping
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
    if isinstance(value, Mapping):
        for key, member in value.items():
            if key == "Fn::ImportValue":
                yield (*path, key), member
            yield from _imports(member, (*path, key))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _imports(member, (*path, index))


def _nearest(name: str, reading: Reading) -> str:
    import difflib  # noqa: PLC0415 - only where something is wrong

    names = list(reading.system.exports)
    return ", ".join(difflib.get_close_matches(name, names, n=3, cutoff=0) or ["none is exported"])
