"""E9628: a task gets the environment variables without which its Python service does not start."""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from aws_facts import facts
from contracts import dockerfile
from contracts.containers import folders_of_images
from contracts.permissions.of_tasks import containers
from contracts.project_index import ProjectIndex
from reporting.findings import Finding
from system_model.demanded_variables import demanded
from system_model.repository import Repository
from system_model.system import Resource, listed, mapping

_OFFICIAL = re.compile(r"(?:(?:public\.ecr\.aws/docker|docker\.io)/)?(?:library/)?python(?::[\w.-]+)?(?:@sha256:\w+)?")
_APPLICATION = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*(?:\(\))?")
_LOADED_BY_GUNICORN = re.compile(r"""^[ \t]*wsgi_app\s*=\s*["']([\w.]+:\w+(?:\(\))?)["']""", re.MULTILINE)
_GUNICORN = "gunicorn.conf.py"


def findings(index: ProjectIndex) -> Iterator[Finding]:
    """Look at every task definition whose image is baked of a Dockerfile on Docker's own image of Python."""
    for definition, folder in folders_of_images(index):
        text = index.system.repository.text(f"{folder}/Dockerfile") or ""
        given = _given(definition)
        if given is None or not _OFFICIAL.fullmatch(dockerfile.base(text)):
            continue
        wanted = index.system.repository.concluded(f"demanded {folder}", partial(_demanded, folder))
        known = {*given, *dockerfile.variables(text), *facts("container_variables")["always"]}
        missing = {name: at for name, at in wanted.items() if name not in {*known, *_of_python()}}
        for name, place in sorted(missing.items()):
            yield index.finding(
                "E9628",
                definition,
                ("Properties", "ContainerDefinitions"),
                f"{place} takes the variable {name} from the environment while the service starts, and {definition} "
                "does not have it: every task would end with KeyError.",
                "Give it to the container, as a secret or in its environment, or have the code do without.",
            )


def _demanded(folder: str, repository: Repository) -> Mapping[str, str]:
    return demanded(repository, folder, entries(repository, folder))


def entries(repository: Repository, folder: str) -> list[str]:
    """Return what the image's command loads: modules, and files of the service."""
    words = dockerfile.started(repository.text(f"{folder}/Dockerfile") or "")
    if not words:
        return []
    program, rest = posixpath.basename(words[0]), words[1:]
    if program.startswith("python"):
        return _of_interpreter(rest)
    applications = [word for word in rest if _APPLICATION.fullmatch(word)]
    if program == "gunicorn":
        settings = repository.text(f"{folder}/{_GUNICORN}") or ""
        return [_GUNICORN, *(applications or _LOADED_BY_GUNICORN.findall(settings))]
    return [f"{one}()" if "--factory" in rest and not one.endswith(")") else one for one in applications]


def _of_interpreter(words: Sequence[str]) -> list[str]:
    if words[:1] == ["-m"] and len(words) > 1:
        return [words[1], f"{words[1]}.__main__"] if words[1] not in {"gunicorn", "uvicorn", "flask"} else []
    plain = [word for word in words if not word.startswith("-")]
    return [posixpath.basename(plain[0])] if plain and plain[0].endswith(".py") else []


def _of_python() -> Sequence[str]:
    names: Sequence[str] = facts("container_variables")["python"]
    return names


def _given(definition: Resource) -> set[str] | None:
    """Return the variables that a template gives to its containers; None where that can't be told."""
    names: set[str] = set()
    for container in containers(definition):
        if "EnvironmentFiles" in container or any(key in container for key in ("Command", "EntryPoint")):
            return None
        for one in (*listed(container.get("Environment")), *listed(container.get("Secrets"))):
            name = mapping(one).get("Name")
            if not isinstance(name, str):
                return None
            names.add(name)
    return names
