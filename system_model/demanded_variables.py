"""The environment variables without which a Python service does not start: read by subscript while it is loaded.

Only what is certain counts: what stands in a branch, in a `try` or in a function that nothing calls may never be read.
"""

import ast
import itertools
import posixpath
from collections.abc import Iterator, Sequence

from system_model.repository import Repository

_SETTINGS_MODULE = "DJANGO_SETTINGS_MODULE"
_MAYBE = (ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef, ast.GeneratorExp, ast.ListComp, ast.SetComp, ast.DictComp)
_READS_FILES = {"load_dotenv", "read_env"}
"""Calls that fill the environment from files."""


def demanded(repository: Repository, folder: str, entries: Sequence[str]) -> dict[str, str]:
    """Return name to place (``file:line``) of what is demanded by loading ``entries`` from ``folder``.

    An entry is a module, ``module:function()`` for what is called then, or the path of a file.
    """
    load = _Load(repository, folder)
    for entry in entries:
        module, _, function = entry.partition(":")
        if module.endswith(".py"):
            load.file(f"{folder}/{module}", "")
        else:
            load.module(module)
        if function.endswith("()"):
            load.called(module, function.removesuffix("()"))
    return {} if load.is_open else {name: at for name, at in load.read.items() if name not in load.written}


class _Load:
    """What loading modules reads of the environment, and writes there."""

    def __init__(self, repository: Repository, folder: str) -> None:
        self._repository = repository
        self._roots = (folder, f"{folder}/src")
        """Where modules may be: those of a src layout are installed, or found by PYTHONPATH."""
        self._files = frozenset(map(posixpath.normpath, repository.below(folder)))
        repository.depends_on(folder)
        self._modules: set[str] = set()
        self._functions: dict[str, dict[str, ast.FunctionDef]] = {}
        self.read: dict[str, str] = {}
        self.written: set[str] = set()
        self.is_open = False
        """Whether the environment is filled from elsewhere too."""

    def module(self, name: str) -> None:
        """Load a module of the service, and the packages around it, once; any other is a library."""
        if name in self._modules:
            return
        self._modules.add(name)
        parts = name.split(".")
        for length in range(1, len(parts) + 1):
            path = "/".join(parts[:length])
            for root, file in itertools.product(self._roots, (f"{path}/__init__.py", f"{path}.py")):
                self.file(f"{root}/{file}", ".".join(parts[: length if file.endswith("__.py") else length - 1]))

    def file(self, path: str, package: str) -> None:
        """Load a file, once."""
        is_new = path not in self._functions and posixpath.normpath(path) in self._files
        text = self._repository.text(path) if is_new else None
        if text is None:
            return
        self._functions[path] = {}
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            return
        self._functions[path] = {one.name: one for one in tree.body if isinstance(one, ast.FunctionDef)}
        self._body(tree.body, path, package)

    def called(self, module: str, function: str) -> None:
        """Call a function of a module without arguments."""
        path = next((each for each in self._files_of(module) if each in self._functions), "")
        self._call(function, path, module.rpartition(".")[0])

    def _files_of(self, module: str) -> Iterator[str]:
        inside = module.replace(".", "/")
        for root in self._roots:
            yield from (f"{root}/{inside}.py", f"{root}/{inside}/__init__.py", f"{root}/{module}")

    def _call(self, function: str, path: str, package: str) -> None:
        found = self._functions.get(path, {}).pop(function, None)
        if found is not None:
            self._body(found.body, path, package)

    def _body(self, statements: Sequence[ast.stmt], path: str, package: str) -> None:
        for one in statements:
            if isinstance(one, ast.Import):
                for each in one.names:
                    self.module(each.name)
            elif isinstance(one, ast.ImportFrom):
                self._import_from(one, package)
            elif isinstance(one, ast.ClassDef):
                self._body(one.body, path, package)
            elif isinstance(one, ast.If | ast.While):
                self._expression(one.test, path, package)
            elif not isinstance(one, ast.Try | ast.With | ast.For | ast.FunctionDef | ast.AsyncFunctionDef | ast.Match):
                self._expression(one, path, package)
            is_defined = isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            if not is_defined and any(isinstance(each, ast.Return) for each in ast.walk(one)):
                return  # what follows may never come

    def _import_from(self, one: ast.ImportFrom, package: str) -> None:
        base = ".".join(package.split(".")[: len(package.split(".")) - one.level + 1]) if one.level else ""
        module = ".".join(part for part in (base, one.module or "") if part)
        self.module(module)
        for each in one.names:
            self.module(f"{module}.{each.name}")

    def _expression(self, top: ast.AST, path: str, package: str) -> None:
        for node in _certain(top):
            if isinstance(node, ast.Subscript) and _is_environment(node.value):
                name = node.slice.value if isinstance(node.slice, ast.Constant) else None
                if isinstance(name, str) and isinstance(node.ctx, ast.Load):
                    self.read.setdefault(name, f"{path}:{node.lineno}")
                elif isinstance(name, str):
                    self.written.add(name)
            if isinstance(node, ast.Call):
                self._calls(node, path, package)

    def _calls(self, call: ast.Call, path: str, package: str) -> None:
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if name in _READS_FILES or (name == "update" and _is_environment(getattr(call.func, "value", None))):
            self.is_open = True
        elif name == "setdefault" and _is_environment(getattr(call.func, "value", None)):
            given = [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            self.written.update(given[:1])
            if given[:1] == [_SETTINGS_MODULE] and given[1:]:
                self.module(given[1])
        elif isinstance(call.func, ast.Name):
            self._call(name, path, package)


def _certain(top: ast.AST) -> Iterator[ast.AST]:
    """Give the parts of a statement that are evaluated whatever happens."""
    yield top
    parts: list[ast.AST]
    if isinstance(top, ast.BoolOp):
        parts = [top.values[0]]
    elif isinstance(top, ast.IfExp):
        parts = [top.test]
    else:
        parts = list(ast.iter_child_nodes(top))
    for part in parts:
        if not isinstance(part, _MAYBE):
            yield from _certain(part)


def _is_environment(value: ast.AST | None) -> bool:
    """Return whether it says ``os.environ``, or ``environ`` alone."""
    if isinstance(value, ast.Attribute):
        return value.attr == "environ" and isinstance(value.value, ast.Name) and value.value.id == "os"
    return isinstance(value, ast.Name) and value.id == "environ"
