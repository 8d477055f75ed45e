"""Keeps Troposphere from loading what is never used here, which would be a fifth of the time that templates take."""

import sys
from importlib import import_module
from types import ModuleType

YAML_WRITER = "cfn_flip"
"""Troposphere imports it for `Template.to_yaml`, and it imports PyYAML; templates here are JSON."""


def load_yaml_writer_when_used() -> None:
    """Put a stand-in where Troposphere imports its YAML writer from, which has what the real one has."""
    if YAML_WRITER in sys.modules:
        return
    # Not importlib's LazyLoader: Python's own `import` looks at such a module, and a look loads it.
    stand_in = ModuleType(YAML_WRITER)

    def real(name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(YAML_WRITER) is stand_in:
            del sys.modules[YAML_WRITER]
        return getattr(import_module(YAML_WRITER), name)

    stand_in.__dict__["__getattr__"] = real
    sys.modules[YAML_WRITER] = stand_in
