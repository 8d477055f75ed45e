"""The files that a service needs to be tested and baked; what is there already is left alone."""

import json
from collections.abc import Mapping
from pathlib import Path

from initialise.folder import DJANGO, FASTAPI, FLASK, ServiceFolder
from initialise.questions import Known, secrets_of

MODELS = Path(__file__).resolve().parent / "files"
GUNICORN, UVICORN = "gunicorn==27.0.1", "uvicorn==0.54.0"
PYTEST, HTTPX = "pytest==9.2.0", "httpx==0.28.1"
_TESTS = {FLASK: "test_flask.py", FASTAPI: "test_fastapi.py", DJANGO: "test_django.py"}


def service_files(known: Known, application: str) -> dict[str, str]:
    """Return path to text of every file that the service of ``application`` (the system's name) lacks."""
    found, folder = known.found, known.answers["folder"]
    words = _words(known, found, application)
    wanted = {
        "buildspec.yml": "buildspec.yml",
        "security/buildspec.yml": "security-buildspec.yml",
        **_image(found),
        **_tests(known, found),
    }
    top = known.root / folder
    return {
        f"{folder}/{name}": _filled(MODELS / f"{model}.model", words)
        for name, model in wanted.items()
        if not (top / name).exists()
        if name not in ("Dockerfile", ".dockerignore", "gunicorn.conf.py") or not (top / "Dockerfile").exists()
    }


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
    if not any(_configures_pytest(top / name) for name in ("pyproject.toml", "tox.ini", "setup.cfg")):
        wanted["pytest.ini"] = "pytest.ini"
    tests = top / "tests"
    if any(tests.rglob("test_*.py")):
        return wanted
    secrets = {"tests/conftest.py": "conftest.py"} if known.answers["secrets"] else {}
    return {**wanted, **secrets, "tests/test_health.py": _TESTS[found.kind]}


def _configures_pytest(path: Path) -> bool:
    """Return whether a file of the service has pytest's settings; without any, those of a folder above would count."""
    return path.is_file() and "pytest" in path.read_text("utf-8", "replace")


def _words(known: Known, found: ServiceFolder, application: str) -> Mapping[str, str]:
    folder, secrets = known.answers["folder"], list(secrets_of(known.answers["secrets"]))
    module, _, name = found.application.partition(":")
    return {
        "FOLDER": folder,
        "PLACE": f"/{application}/{known.name}",
        "PORT": known.answers["port"],
        "HEALTH": known.answers["health"],
        "INSTALL": _install(found),
        "COMMAND": json.dumps(_command(found, known.answers["port"])),
        "PACKAGES": " ".join([*_packages(found, f"{folder}/", f"./{folder}"), PYTEST, *_test_client(found)]),
        "VARIABLES": "".join(f"--env {one}=only-for-tests " for one in secrets),
        "SECRETS": json.dumps(secrets),
        "MODULE": module,
        "NAME": name.removesuffix("()"),
        "APPLICATION": name,
    }


def _packages(found: ServiceFolder, below: str, itself: str) -> list[str]:
    return ["--requirement", f"{below}{found.requirements}"] if found.requirements.endswith(".txt") else [itself]


def _test_client(found: ServiceFolder) -> list[str]:
    return [HTTPX] if found.kind == FASTAPI else []


def _install(found: ServiceFolder) -> str:
    server = UVICORN if found.kind == FASTAPI else GUNICORN
    install = " ".join(["RUN pip install --no-cache-dir", *_packages(found, "", "."), server])
    if found.requirements.endswith(".txt"):
        return f"COPY {found.requirements} ./\n{install}\nCOPY . ."
    return f"COPY . .\n{install}"


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
