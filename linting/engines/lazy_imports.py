"""Loads what cfn-lint imports, and seldom uses, when it is used: SymPy, and most of NetworkX.

Loading SymPy takes a quarter of a second, half of what linting one template takes; cfn-lint asks it about conditions,
and a template without conditions has none to ask about. Of NetworkX, cfn-lint uses one graph and one walk.
"""

import contextlib
import importlib
import importlib.util
import sys
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

SYMPY = ("sympy", "sympy.assumptions.cnf", "sympy.logic.boolalg", "sympy.logic.inference")
"""The modules that cfn-lint takes names from, as `from MODULE import NAME`."""

FORMULA = "EncodedCNF"
"""SymPy's class of formulas. cfn-lint makes an empty one of every template's conditions, even where there are none."""

NETWORKX_UNUSED = (
    "convert_matrix",
    "generators",
    "readwrite",
    "algorithms",
    "algorithms.traversal",
    "linalg",
    "drawing",
)
"""Parts of NetworkX that its own start loads, in that order; what is used of them stands in the next table."""

NETWORKX_USED = {"find_cycle": "networkx.algorithms.cycles", "edge_dfs": "networkx.algorithms.traversal.edgedfs"}
"""What cfn-lint calls, and what that calls in turn."""


class _Name:
    """Stands where cfn-lint has imported a name of SymPy; becomes the real thing everywhere at its first use."""

    def __init__(self, module: str, name: str) -> None:
        self._module = module
        self._name = name

    def __call__(self, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever SymPy takes and gives
        if self._name == FORMULA and not given and not named and not _is_loaded():
            return _EmptyFormula()
        return self.real()(*given, **named)

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(instance, self.real())

    def real(self) -> Any:  # noqa: ANN401 - a class or a function
        """Return what SymPy calls by this name."""
        load_sympy()
        return getattr(sys.modules[self._module], self._name)


class _EmptyFormula:
    """An empty `EncodedCNF` that becomes a real one as soon as anything but a copy is wanted of it."""

    def __init__(self) -> None:
        _formulas.add(self)

    def copy(self) -> "_EmptyFormula":
        return _EmptyFormula()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the real one has
        if name.startswith("__") or _is_loaded():
            raise AttributeError(name)
        load_sympy()
        return getattr(self, name)


_formulas: weakref.WeakSet[_EmptyFormula] = weakref.WeakSet()


@contextlib.contextmanager
def sympy_when_used() -> Iterator[None]:
    """Let what is imported inside ``with`` take its names of SymPy from stand-ins.

    To be called before cfn-lint is imported; where SymPy is loaded already, nothing is done.
    """
    if _is_loaded():
        yield
        return
    for name in SYMPY:
        sys.modules[name] = _stand_in(name)
    try:
        yield
    finally:
        _forget_stand_ins()


def load_sympy() -> None:
    """Load SymPy, and put its names where stand-ins are."""
    if _is_loaded():
        return
    _forget_stand_ins()
    for name in SYMPY:
        importlib.import_module(name)
    for module in [module for name, module in sys.modules.items() if name.startswith("cfnlint.")]:
        for name, value in list(vars(module).items()):
            if isinstance(value, _Name):
                setattr(module, name, value.real())
    formula = sys.modules["sympy.assumptions.cnf"].EncodedCNF
    for one in list(_formulas):
        one.__class__ = formula
        formula.__init__(one)


def load_networkx_sparingly() -> None:
    """Load NetworkX without the hundreds of algorithms that cfn-lint does not use; any of them loads them all."""
    found = importlib.util.find_spec("networkx")
    if "networkx" in sys.modules or found is None or not found.submodule_search_locations:
        return
    (folder,) = found.submodule_search_locations
    unused = [f"networkx.{part}" for part in NETWORKX_UNUSED]
    for name in unused:
        sys.modules[name] = _hollow(name, Path(folder).parent)
    networkx = importlib.import_module("networkx")
    for name, module in NETWORKX_USED.items():
        setattr(networkx, name, getattr(importlib.import_module(module), name))
    networkx.__dict__["__getattr__"] = _whole(networkx, unused)


def _is_loaded() -> bool:
    return "sympy.core" in sys.modules


def _stand_in(name: str) -> ModuleType:
    def named(attribute: str) -> _Name:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return _Name(name, attribute)

    module = ModuleType(name)
    module.__dict__.update(__getattr__=named, __path__=[])
    return module


def _forget_stand_ins() -> None:
    if not _is_loaded():
        for name in SYMPY:
            sys.modules.pop(name, None)


def _hollow(name: str, site: Path) -> ModuleType:
    """Return a package that holds nothing, whose modules can be imported."""
    module = ModuleType(name)
    module.__dict__.update(__all__=[], __path__=[str(site.joinpath(*name.split(".")))])
    return module


def _whole(networkx: ModuleType, unused: list[str]) -> Callable[[str], object]:
    """Return what is asked for a name that was left out: it loads all that was left out."""

    def missing(name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        del networkx.__dict__["__getattr__"]
        for module in unused:
            sys.modules.pop(module, None)
        importlib.reload(networkx)
        return getattr(networkx, name)

    return missing
