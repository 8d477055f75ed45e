"""The files that templates are made by: what changes when the same settings become another template."""

from collections.abc import Iterator

from settings.root import PROJECT_ROOT

SOURCES = ("aws_facts", "templates_src", "settings", "synthesis", "reporting")


def source_bytes() -> Iterator[bytes]:
    """Give name and content of each file, in an order that is the same everywhere."""
    for folder in SOURCES:
        for file in sorted((PROJECT_ROOT / folder).rglob("*.py")):
            yield str(file.relative_to(PROJECT_ROOT)).encode()
            yield file.read_bytes()
