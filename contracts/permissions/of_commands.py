"""What a build's commands (`docker push`, `aws ecr batch-get-image`, ...) do in AWS."""

import re
from collections.abc import Iterator, Sequence

from aws_facts import facts
from contracts.commands import Command
from contracts.permissions.required import Requirement
from system_model.conditions import UNKNOWN
from system_model.names import REGISTRY
from system_model.roles import ANY
from system_model.system import Resource

_HERE = "${AWS::Region}:${AWS::AccountId}"
_IMAGE = re.compile(r"(?P<repository>[^:@]+)(?::(?P<tag>[^@]*))?(?:@(?P<digest>.*))?")
_OPERATION = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def needs(project: Resource, commands: Sequence[Command]) -> Iterator[Requirement]:
    """Give what ``project`` needs for the commands of its build."""
    logs_in = any(_is_login(one) for one in commands)
    for one in commands:
        about = f"{one.file} runs `{_shown(one)}`: "
        if one.command.program == "docker" and logs_in:
            yield from _docker(project, one, about)
        elif one.command.program == "aws":
            yield from _aws(project, one, about)


def wants_daemon(command: Command) -> bool:
    """Tell whether a command needs a Docker daemon."""
    words = _words(command)
    return (
        command.command.program in {"docker", "docker-compose"}
        and bool(words)
        and words[0] in facts("command_actions")["daemon"]
    )


def repositories(commands: Sequence[Command]) -> Iterator[tuple[Command, str]]:
    """Give each command that pushes, with the name of the repository in the account's registry, where it is known."""
    for one in commands:
        if one.command.program == "docker" and _words(one)[:1] == ["push"]:
            name = _repository(_image(one))
            if name not in (None, UNKNOWN):
                yield one, str(name)


def _docker(project: Resource, command: Command, about: str) -> Iterator[Requirement]:
    words = _words(command)
    known = facts("command_actions")["docker"].get(words[0] if words else "")
    repository = _repository(_image(command))
    if known is None or repository is None:
        return
    resource = repository if repository == UNKNOWN else _arn(repository)
    for action in known[0]:
        yield Requirement(project, action, resource, f"{about}it is asked for by the registry", known[1])


def _aws(project: Resource, command: Command, about: str) -> Iterator[Requirement]:
    words = _words(command)
    if not words or not _OPERATION.fullmatch(words[0]):
        return
    service, operation = words[0], words[1] if len(words) > 1 else ""
    known = facts("command_actions")["operations"].get(
        f"{service} {operation}", facts("command_actions")["operations"].get(service)
    )
    if known is None:
        if not _OPERATION.fullmatch(operation) or operation in {"help", "wait"}:
            return
        prefix = facts("command_actions")["services"].get(service, service)
        name = "".join(part.capitalize() for part in operation.split("-"))
        known = [[f"{prefix}:{name}"], facts("command_actions")["source of others"]]
    for action in known[0]:
        resource = ANY if action in facts("command_actions")["without resource"] else _named(command, service)
        yield Requirement(project, action, resource, f"{about}the call asks for it", known[1])


def _named(command: Command, service: str) -> str:
    """Give the resource that an option names."""
    if service != "ecr":
        return UNKNOWN
    words = [command.expanded(word) for word in command.command.arguments]
    for index, word in enumerate(words[:-1]):
        if word == "--repository-name":
            return UNKNOWN if "${?}" in words[index + 1] else _arn(words[index + 1])
    return UNKNOWN


def _words(command: Command) -> list[str]:
    """Give the arguments without options that stand before the subcommand, and without those after it."""
    given, words = list(command.command.arguments), []
    with_value = facts("command_actions")["global options with a value"]
    while given:
        word = given.pop(0)
        if word.text in with_value and given:
            given.pop(0)
        elif not word.text.startswith("-"):
            words.append(word.text)
    return words


def _image(command: Command) -> str:
    """Give the image that a command names: for `run` the first word that is no option, else the last word."""
    words = command.command.arguments[1:]
    if _words(command)[:1] == ["run"]:
        # Options with values are many; a reference into the registry is told by its host.
        named = [text for word in words if REGISTRY in (text := command.expanded(word))]
        return named[0] if named else ""
    plain = [word for word in words if not word.text.startswith("-")]
    return command.expanded(plain[-1]) if plain else ""


def _repository(image: str) -> str | None:
    """Give the repository of the account's registry that an image lies in; None for an image from elsewhere."""
    if image.startswith(f"{REGISTRY}/"):
        name = image.removeprefix(f"{REGISTRY}/")
        found = _IMAGE.fullmatch(name.replace("${?}", "?"))
        return UNKNOWN if found is None or "?" in found["repository"] else found["repository"]
    return UNKNOWN if image.startswith("${") else None


def _arn(repository: str) -> str:
    return f"arn:${{AWS::Partition}}:ecr:{_HERE}:repository/{repository}"


def _is_login(command: Command) -> bool:
    words = _words(command)
    return (
        command.command.program == "aws"
        and words[:1] == ["ecr"]
        and words[1:2]
        in (
            ["get-login-password"],
            ["get-login"],
        )
    )


def _shown(command: Command) -> str:
    return " ".join(word.written for word in command.command.words[:3])
