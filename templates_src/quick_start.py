"""Keeps Troposphere from loading what is never used here, which would be a fifth of the time that templates take."""

import sys
from importlib.util import LazyLoader, find_spec, module_from_spec

YAML_WRITER = "cfn_flip"
"""Troposphere imports it for `Template.to_yaml`, and it imports PyYAML; templates here are JSON."""


def load_yaml_writer_when_used() -> None:
    """Put a stand-in where Troposphere imports its YAML writer from, which becomes the real one at its first use."""
    spec = find_spec(YAML_WRITER)
    if YAML_WRITER in sys.modules or spec is None or spec.loader is None:
        return
    spec.loader = LazyLoader(spec.loader)
    module = module_from_spec(spec)
    sys.modules[YAML_WRITER] = module
    spec.loader.exec_module(module)
