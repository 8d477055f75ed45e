"""E9601: what a stack imports, another one exports."""

from collections.abc import Iterator
from typing import Any

from contracts.project_index import ProjectIndex
from reporting.findings import Finding


def findings(index: ProjectIndex) -> Iterator[Finding]:
    """Look at every ``Fn::ImportValue`` whose name is known."""
    for stack in index.system.stacks:
        for path, given in _imports(stack.template, ()):
            name = index.text(given, stack)
            if name is not None and "${" not in name and name not in index.system.exports:
                yield index.finding_in(
                    "E9601",
                    stack,
                    path,
                    f"{stack.name} imports {name}, which no stack exports.",
                    f"Export it from the stack that makes it, or import one of: {_nearest(name, index)}.",
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


def _nearest(name: str, index: ProjectIndex) -> str:
    import difflib  # noqa: PLC0415 - only where something is wrong

    names = list(index.system.exports)
    return ", ".join(difflib.get_close_matches(name, names, n=3, cutoff=0) or ["none is exported"])
