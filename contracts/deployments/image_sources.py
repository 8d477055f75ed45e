"""W9623: what a build makes images of lies in the repository: Dockerfile, Compose file, and what is copied."""

import posixpath
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from contracts.commands import Command, commands_of
from contracts.dockerfile import sources
from contracts.project_index import PROJECT, ProjectIndex
from reporting.findings import Finding
from system_model.repository import Repository
from system_model.system import Resource, mapping
from system_model.wording import OPEN

_MAKE_NOTHING = {"", ":", "[", "aws", "cat", "cut", "date", "docker", "docker-compose", "echo", "env", "export", "grep"}
_MAKE_NOTHING |= {"head", "ls", "printf", "pwd", "set", "sleep", "test", "true", "tr"}
"""Programs after which the files are those of the repository."""
_WITH_VALUE = {"-f", "--file", "-t", "--tag", "--build-arg", "--platform", "--target", "--cache-from", "--cache-to"}
_WITH_VALUE |= {"--label", "--network", "--progress", "--secret", "--ssh", "--output", "-o", "--provenance", "-p"}
_WITH_VALUE |= {"--project-name", "--env-file", "--profile", "--iidfile", "--add-host", "--shm-size", "-m", "--memory"}
_COMPOSE_FILES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
_REMOTE = ("http:", "https:", "git@", "git:", "<<", "-")


def findings(index: ProjectIndex) -> Iterator[Finding]:
    """Look at the builds whose buildspec is a file, up to a command after which the files may be others."""
    for project in index.system.resources(PROJECT):
        specification = index.buildspecs.of(project)
        if specification is None or index.system.repository.text(specification.file) is None:
            continue
        for command in commands_of(project, index):
            missing = next(_missing(command, index.system.repository), None)
            if missing is not None:
                yield _finding(project, command, missing, index)
            if command.file != specification.file or command.command.program not in _MAKE_NOTHING:
                break
            if command.command.redirects and command.command.program != "docker":
                break


def _finding(project: Resource, command: Command, missing: str, index: ProjectIndex) -> Finding:
    shown = " ".join(word.written for word in command.command.words[:3])
    return index.finding(
        "W9623",
        project,
        ("Properties", "Source", "BuildSpec"),
        f"{command.file}, which {project} runs, makes an image by `{shown}`, and {missing}.",
        "Correct the path, or add what lies there.",
    )


def _missing(command: Command, repository: Repository) -> Iterator[str]:
    """Return what a command wants that is not there, in words."""
    words = [command.expanded(word) for word in command.command.arguments]
    if command.command.program == "docker-compose" or words[:1] == ["compose"]:
        yield from _of_compose(words, repository)
    elif command.command.program == "docker" and words[:1] == ["build"]:
        yield from _of_build(words[1:], repository)
    elif command.command.program == "docker" and words[:2] == ["buildx", "build"]:
        yield from _of_build(words[2:], repository)


def _of_build(words: Sequence[str], repository: Repository) -> Iterator[str]:
    given, left = _options(words)
    if len(left) == 1:
        file = given.get("-f", given.get("--file", ""))
        yield from _of_context(left[0], file or posixpath.join(left[0], "Dockerfile"), repository)


def _of_compose(words: Sequence[str], repository: Repository) -> Iterator[str]:
    given, left = _options(words[1:] if words[:1] == ["compose"] else words)
    named = given.get("-f", given.get("--file", ""))
    if not left or left[0] not in {"build", "up"} or OPEN in named:
        return
    texts = {name: repository.text(name) for name in ([named] if named else _COMPOSE_FILES)}
    found = next(((name, text) for name, text in texts.items() if text is not None), None)
    if found is None:
        yield f"the repository has no {named or ' or '.join(_COMPOSE_FILES)}"
        return
    folder = posixpath.dirname(found[0])
    for service in mapping(mapping(_parsed(found[1])).get("services")).values():
        build = mapping(service).get("build")
        context = build if isinstance(build, str) else mapping(build).get("context")
        if isinstance(context, str):
            place = posixpath.join(folder, context)
            file = str(mapping(build).get("dockerfile", "Dockerfile"))
            yield from _of_context(place, posixpath.join(place, file), repository)


def _parsed(text: str) -> object:
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def _options(words: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Return the options that have values, and the words that are none."""
    given: dict[str, str] = {}
    left, waiting = [], ""
    for word in words:
        if waiting:
            given[waiting], waiting = word, ""
        elif word in _WITH_VALUE:
            waiting = word
        elif word.startswith("-") and word != "-":
            name, _, value = word.partition("=")
            given[name] = value
        else:
            left.append(word)
    return given, left


def _of_context(context: str, file: str, repository: Repository) -> Iterator[str]:
    if any("$" in path or path.startswith(_REMOTE) or path.startswith("/") for path in (context, file)):
        return
    folder = posixpath.normpath(context)
    if folder.startswith(".."):
        return
    text = repository.text(posixpath.normpath(file))
    if text is None:
        yield f"the repository has no {posixpath.normpath(file)}"
        return
    for source in sources(text):
        wanted = posixpath.normpath(source.lstrip("/") or ".")
        is_known = not ("$" in source or source.startswith(_REMOTE) or wanted.startswith(".."))
        if is_known and not _lies_in(repository.top / folder, wanted):
            repository.depends_on(folder)
            yield f"{posixpath.normpath(file)} copies {source}, which is not in {folder if folder != '.' else 'it'}"


def _lies_in(folder: Path, wanted: str) -> bool:
    """Return whether a file or folder fits ``wanted``, which may be a pattern; one that can't be read may."""
    try:
        return wanted == "." or any(folder.glob(wanted))
    except (ValueError, OSError):
        return True
