"""How values cross from stack to stack: an output exported by one is imported by another, under ``stack:Output``."""

from troposphere import Export, ImportValue, Output


def exported(stack: str, name: str, value: object, description: str) -> Output:
    """Make an output of ``stack`` that other stacks can import."""
    return Output(name, Description=description, Value=value, Export=Export(f"{stack}:{name}"))


def imported(stack: str, name: str) -> ImportValue:
    """Take the value that ``stack`` exports under ``name``."""
    return ImportValue(f"{stack}:{name}")
