"""A cfn-lint rule pack: what AWS refuses only when a stack is deployed, or when a release runs, is refused before.

`cfn-lint --append-rules lint_rules TEMPLATE` takes it as a folder, or, where it is installed, as a module: cfn-lint
then looks for rules among the names of this package, which are the ids. `docs/rules.md` lists the rules.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from typing import Any

_found: dict[str, type] = {}


def rules() -> Mapping[str, type]:
    """Return the class of each rule by its id."""
    from lint_rules.model.rule import Rule  # noqa: PLC0415 - cfn-lint loads slowly

    if not _found:
        for file in pkgutil.walk_packages(__path__, f"{__name__}."):
            for kind in vars(importlib.import_module(file.name)).values():
                if isinstance(kind, type) and issubclass(kind, Rule) and kind.id and kind.__module__ == file.name:
                    _found[kind.id] = kind
    return _found


def __dir__() -> list[str]:
    return sorted(rules())


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a class, to cfn-lint
    if name in _found:
        return _found[name]
    raise AttributeError(name)
