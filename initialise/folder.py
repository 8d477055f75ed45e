"""What lies in the folder of a service: a framework that is known, or a Dockerfile."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from reporting.errors import CannotRunError

FLASK, FASTAPI, DJANGO, IMAGE = "Flask", "FastAPI", "Django", "Dockerfile"
_CLASSES = {"Flask": FLASK, "FastAPI": FASTAPI}
_PASSED_OVER = {"tests", "test", "node_modules", "__pycache__", "venv", "migrations"}
_SOURCES = "src"
"""https://packaging.python.org/en/latest/discussions/src-layout-vs-flat-layout/"""
_AS_PACKAGE = re.compile(rf"^[ \t]*(?:from|import)[ \t]+{_SOURCES}\b", re.MULTILINE)
_BESIDE_IT = re.compile(r"^[ \t]*from[ \t]+\.", re.MULTILINE)
_DEEPEST = 4
"""Folders below that of the service that are looked at."""
_EXPOSED = re.compile(r"^[ \t]*EXPOSE[ \t]+(?:\$\{?(\w+)|(\d{2,5}))", re.IGNORECASE | re.MULTILINE)
_SET = re.compile(r"^[ \t]*(?:ENV|ARG)[ \t]+(\w+)[ \t=]+[\"']?(\d{2,5})\b", re.IGNORECASE | re.MULTILINE)
_BOUND = re.compile(r"""^[ \t]*bind\s*=\s*["'][^"'\n]*:(\d{2,5})["']""", re.MULTILINE)
_HEALTH = re.compile(r"""["'](/?[A-Za-z0-9._~/-]{0,99}health[A-Za-z0-9._~/-]{0,99})["']""")
_READ = re.compile(r"""(?:environ(?:\.get\(|\[)|getenv\()["']([A-Z][A-Z0-9_]{0,63})["']""")
DATABASE_ADDRESS = re.compile(r"(?:\w+_)?(?:CONNECTION|DATABASE|DB|PG|POSTGRES|POSTGRESQL)_?(?:URL|URI|DSN)")
"""How a variable is called that has a PostgreSQL's address."""
REQUIREMENTS = ("requirements.txt", "pyproject.toml")


@dataclass(frozen=True)
class ServiceFolder:
    """What was found: ``kind`` is one of the above."""

    kind: str
    application: str = ""
    """What a server loads, ``module:name``, or ``module:name()`` for what makes it; empty for any Dockerfile."""
    port: int | None = None
    health_check_path: str | None = None
    requirements: str = ""
    """The file that says what is to be installed."""
    sources: str = ""
    """The folder in which modules are found, where that is not the service's own: `src`."""
    databases: frozenset[str] = frozenset()
    """The variables of databases' addresses that the code names anywhere."""


def look(root: Path, folder: str) -> ServiceFolder:
    """Look at ``folder`` of ``root``; raises ``CannotRunError`` where nothing there can be released."""
    top = root / folder
    if not top.is_dir():
        raise CannotRunError(f"{folder}: found no such folder; allowed: the folder of a service, which has its code.")
    within = [path for path in (top, *top.parents) if root in path.parents]
    own = next((path / ".git" for path in within if (path / ".git").exists()), None)
    if own is not None:
        git = own.relative_to(root)
        raise CannotRunError(
            f"{git}: found a Git repository of its own, whose files no commit of this one has; remove {git} here, "
            "and its history stays where the folder was copied from."
        )
    sources = {path: _text(path) for path in _python(top)}
    kind, application = _application(top, sources)
    has_dockerfile = (top / "Dockerfile").is_file()
    if not kind and not has_dockerfile:
        raise CannotRunError(
            f"{folder}: found no Flask, FastAPI or Django application and no Dockerfile; write a Dockerfile there."
        )
    requirements = next((name for name in REQUIREMENTS if (top / name).is_file()), "")
    if kind and not has_dockerfile and not requirements:
        raise CannotRunError(
            f"{folder}: found {kind} and neither {' nor '.join(REQUIREMENTS)}; write down what is to be installed."
        )
    found_in = _SOURCES if _has_sources(top, sources) else ""
    databases = frozenset(filter(DATABASE_ADDRESS.fullmatch, _READ.findall("\n".join(sources.values()))))
    port, health = _port(top), _health(sources, kind)
    return ServiceFolder(kind or IMAGE, application, port, health, requirements, found_in, databases)


def services_in(root: Path) -> list[str]:
    """Return the folders of ``root`` that could be services'."""
    return [path.name for path in sorted(root.iterdir()) if path.is_dir() and _could_be_service(path)]


def _could_be_service(top: Path) -> bool:
    if (top / "Dockerfile").is_file():
        return True
    told = any((top / name).is_file() for name in REQUIREMENTS)
    return told and bool(_application(top, {path: _text(path) for path in _python(top)})[0])


def _python(top: Path) -> Iterator[Path]:
    for path in sorted(top.rglob("*.py"), key=lambda one: (len(one.parts), one)):
        inner = path.relative_to(top).parts
        if len(inner) <= _DEEPEST and not any(part in _PASSED_OVER or part.startswith(".") for part in inner):
            yield path


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""


def _application(top: Path, sources: dict[Path, str]) -> tuple[str, str]:
    """Return the framework and what a server loads; two empty texts where there is neither."""
    base = top / _SOURCES if _has_sources(top, sources) else top
    settings = next((path for path in sources if path.name == "wsgi.py" and "django" in sources[path]), None)
    if any((one / "manage.py").is_file() for one in (top, base)) and settings is not None:
        return DJANGO, f"{_module(base, settings)}:application"
    for path, text in sources.items():
        kind, name = _made_in(text)
        if kind:
            return kind, f"{_module(base if base in path.parents else top, path)}:{name}"
    return "", ""


def _has_sources(top: Path, sources: dict[Path, str]) -> bool:
    """Return whether modules are found in `src`: it is no package itself, and nothing imports from it as from one."""
    folder = top / _SOURCES
    directly = [text for path, text in sources.items() if path.parent == folder]
    as_package = [text for text in sources.values() if _AS_PACKAGE.search(text)]
    as_package += [text for text in directly if _BESIDE_IT.search(text)]
    return any(folder in path.parents for path in sources) and not as_package and not (folder / "__init__.py").is_file()


def _module(top: Path, path: Path) -> str:
    return ".".join(PurePosixPath(path.relative_to(top)).with_suffix("").parts).removesuffix(".__init__")


def _made_in(text: str) -> tuple[str, str]:
    """Return the framework of an application that a module makes, and the name that it has there."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError):
        return "", ""
    for node in body:
        value, targets = getattr(node, "value", None), getattr(node, "targets", [getattr(node, "target", None)])
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(targets[0], ast.Name) and _kind(value):
            return _kind(value), targets[0].id
    for node in body:
        if isinstance(node, ast.FunctionDef) and len(node.args.args) == len(node.args.defaults):
            kinds = [kind for part in ast.walk(node) if (kind := _kind(part))]
            if kinds:
                return kinds[0], f"{node.name}()"
    return "", ""


def _kind(node: ast.AST | None) -> str:
    called = node.func if isinstance(node, ast.Call) else None
    name = called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
    return _CLASSES.get(name, "")


def _port(top: Path) -> int | None:
    dockerfile = _text(top / "Dockerfile")
    exposed, bound = _EXPOSED.search(dockerfile), _BOUND.search(_text(top / "gunicorn.conf.py"))
    told = (exposed[2] or dict(_SET.findall(dockerfile)).get(exposed[1])) if exposed else None
    told = told or (bound[1] if bound else None)
    return int(told) if told else None


def _health(sources: dict[Path, str], kind: str) -> str | None:
    """Return a path that the code names and that sounds like the one to ask; without a slash first in Django."""
    for text in sources.values():
        for path in _HEALTH.findall(text):
            if path.startswith("/") or kind == DJANGO:
                return f"/{path.lstrip('/')}"
    return None
