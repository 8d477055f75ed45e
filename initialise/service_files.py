"""The files that a service needs to be tested and baked; what is there already is left alone."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

from initialise import pyproject
from initialise.folder import DJANGO, FASTAPI, FLASK, ServiceFolder
from initialise.packages import LOCKED, are_unpinned, included, locked
from initialise.questions import Known, is_rehearsed, secrets_of

MODELS = Path(__file__).resolve().parent / "files"
GUNICORN, UVICORN = "gunicorn==27.0.1", "uvicorn==0.54.0"
PYTEST, COVERAGE, HTTPX = "pytest==9.2.0", "pytest-cov==7.1.0", "httpx==0.28.1"
_COVERAGE = re.compile(
    r"^[ \t]*file-format:[ \t]*[\"']?(?:CLOVERXML|COBERTURAXML|JACOCOXML|SIMPLECOV)\b", re.MULTILINE | re.IGNORECASE
)
"""https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#reports-buildspec-file"""
_PYTEST_TABLES = {
    "pyproject.toml": re.compile(r"^[ \t]*\[tool\.pytest\b", re.MULTILINE),
    "tox.ini": re.compile(r"^\[pytest\]", re.MULTILINE),
    "setup.cfg": re.compile(r"^\[tool:pytest\]", re.MULTILINE),
}
"""https://docs.pytest.org/en/stable/reference/customize.html#configuration-file-formats"""
_TESTS = {FLASK: "test_flask.py", FASTAPI: "test_fastapi.py", DJANGO: "test_django.py"}


def service_files(known: Known, application: str) -> dict[str, str]:
    """Return path to text of every file that the service of ``application`` (the system's name) lacks."""
    found, folder = known.found, known.answers["folder"]
    words = _words(known, found, application)
    wanted = {
        "buildspec.yml": "buildspec.yml",
        "security/buildspec.yml": "security-buildspec.yml",
        "admission/buildspec.yml": "admission-buildspec.yml",
        "verify/buildspec.yml": "verify-buildspec.yml",
        **_image(found),
        **_tests(known, found),
    }
    top = known.top
    server = "" if (top / "Dockerfile").exists() else _server(found)
    packages = locked(top, found, server) if known.locks and are_unpinned(top, found) else {}
    made = {
        name: _filled(MODELS / f"{model}.model", words)
        for name, model in wanted.items()
        if not (top / name).exists()
        if name not in ("Dockerfile", ".dockerignore", "gunicorn.conf.py") or not (top / "Dockerfile").exists()
    }
    file, text = pyproject.packages_of_tests(top) if "tests/buildspec.yml" in made else ("", "")
    if file and not (top / file).exists():
        made[file] = text
    return {f"{folder}/{name}": text for name, text in {**packages, **made}.items()}


def reports_coverage(known: Known) -> bool:
    """Return whether the buildspec of the tests, as it is or will be, reports code coverage."""
    name = "tests/buildspec.yml"
    present = known.root / known.answers["folder"] / name
    path = present if present.is_file() else MODELS / f"{_tests(known, known.found)[name]}.model"
    return _COVERAGE.search(path.read_text("utf-8", "replace")) is not None


def _image(found: ServiceFolder) -> Mapping[str, str]:
    if found.kind not in _TESTS:
        return {}
    server = {} if found.kind == FASTAPI else {"gunicorn.conf.py": "gunicorn.conf.py"}
    return {"Dockerfile": "Dockerfile", ".dockerignore": "dockerignore", **server}


def _tests(known: Known, found: ServiceFolder) -> Mapping[str, str]:
    if found.kind not in _TESTS or not found.requirements:
        return {"tests/buildspec.yml": "image-buildspec.yml", "tests/ask-image": "ask-image"}
    top = known.root / known.answers["folder"]
    wanted = {"tests/buildspec.yml": "tests-buildspec.yml"}
    if not any(_has(top / name, table) for name, table in _PYTEST_TABLES.items()):
        wanted["pytest.ini"] = "pytest.ini"
    tests = top / "tests"
    if any(tests.rglob("test_*.py")):
        return wanted
    secrets = {"tests/conftest.py": "conftest.py"} if known.answers["secrets"] else {}
    return {**wanted, **secrets, "tests/test_health.py": _TESTS[found.kind]}


def _has(path: Path, table: re.Pattern[str]) -> bool:
    """Return whether a file of the service has pytest's settings; without any, those of a folder above would count."""
    return path.is_file() and table.search(path.read_text("utf-8", "replace")) is not None


def _database(known: Known) -> Mapping[str, str]:
    """Return the commands that give the tests a PostgreSQL, and take it away."""
    names = [name for name, value in secrets_of(known.answers["secrets"]).items() if is_rehearsed(name, value)]
    if not names:
        return {"DATABASE": "", "DATABASE_END": ""}
    start, end = (MODELS / "tests-database.model").read_text("utf-8").split("---\n")
    address = "postgresql://postgres:$POSTGRES_PASSWORD@$POSTGRES_PLACE/postgres"
    exports = [f'      - export {name}="{address}"\n' for name in names]
    return {"DATABASE": start + "".join(exports), "DATABASE_END": end}


def _words(known: Known, found: ServiceFolder, application: str) -> Mapping[str, str]:
    folder, secrets = known.answers["folder"], list(secrets_of(known.answers["secrets"]))
    module, _, name = found.application.partition(":")
    return {
        "FOLDER": folder,
        "PLACE": f"/{application}/{known.name}",
        "PORT": known.answers["port"],
        "HEALTH": known.answers["health"],
        "INSTALL": "\n".join(_install(known, found)),
        "COMMAND": json.dumps(_command(found, known.answers["port"])),
        "SOURCES": f" \\\n    PYTHONPATH=/app/{found.sources}" if _is_searched(found) else "",
        "PYTHONPATH": f". {found.sources}".strip(),
        "PACKAGES": "\n".join(_test_packages(known, found)),
        "VARIABLES": "".join(f"--env {one}=only-for-tests " for one in secrets),
        "SECRETS": json.dumps(secrets),
        **_database(known),
        "MODULE": module,
        "NAME": name.removesuffix("()"),
        "APPLICATION": name,
    }


def _is_searched(found: ServiceFolder) -> bool:
    """Return whether modules are run from their source, which may lack files that an installed package has."""
    return bool(found.sources) and found.requirements == LOCKED


def _test_packages(known: Known, found: ServiceFolder) -> Iterator[str]:
    """Return the commands; where hashes are given for some packages, pip takes no others in the same command."""
    folder = known.answers["folder"]
    install = f"      - {folder}/.build-venv/bin/python -m pip install --quiet --disable-pip-version-check"
    if known.locks or found.requirements == LOCKED:
        yield f"{install} --requirement {folder}/{LOCKED}"
    if pyproject.is_package(known.top, found):
        yield f"{install} {'--no-deps ' if known.locks else ''}./{folder}"
    elif found.requirements != LOCKED and not known.locks:
        yield f"{install} {shlex.join(pyproject.dependencies(known.top) or [f'./{folder}'])}"
    name, text = pyproject.packages_of_tests(known.top)
    if name:
        # What is locked has hashes already, and pip would want them of all others here.
        path = shlex.quote(f"{folder}/{name}")
        others = f"<(grep --invert-match '^-[rc]' {path})" if LOCKED in included(known.top, name) else path
        yield f"{install} --requirement {others}"
    ours = [PYTEST, COVERAGE, *([HTTPX] if found.kind == FASTAPI else [])]
    wanted = [one for one in ours if one.partition("==")[0] not in pyproject.names(text)]
    if wanted:
        yield " ".join([install, *wanted])


def _server(found: ServiceFolder) -> str:
    return UVICORN if found.kind == FASTAPI else GUNICORN


def _install(known: Known, found: ServiceFolder) -> Iterator[str]:
    """Return the lines of the Dockerfile."""
    install, has_hashes = "RUN pip install --no-cache-dir", not are_unpinned(known.top, found)
    copied = not known.locks and bool(included(known.top, LOCKED))
    if copied:
        yield "COPY . ."
    elif known.locks or found.requirements == LOCKED:
        yield f"COPY {LOCKED} ./"
    if known.locks or found.requirements == LOCKED:
        yield f"{install} --requirement {LOCKED}{' --require-hashes --no-deps' if known.locks or has_hashes else ''}"
    if not known.locks:
        server = f"{install} {_server(found)}"
        yield from ([server] if found.requirements == LOCKED else [])
    if not copied:
        yield "COPY . ."
    if pyproject.is_package(known.top, found):
        yield f"{install} --no-deps ." if known.locks else f"{install} . {_server(found)}"
    elif found.requirements != LOCKED and not known.locks:
        yield f"{install} {shlex.join([*(pyproject.dependencies(known.top) or ['.']), _server(found)])}"


def _command(found: ServiceFolder, port: str) -> list[str]:
    if found.kind != FASTAPI:
        return ["gunicorn", found.application]
    factory = ["--factory"] if found.application.endswith("()") else []
    return ["uvicorn", "--host", "0.0.0.0", "--port", port, *factory, found.application.removesuffix("()")]  # noqa: S104 - in a container, where the load balancer asks


def _filled(model: Path, words: Mapping[str, str]) -> str:
    text = model.read_text("utf-8")
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    return text
