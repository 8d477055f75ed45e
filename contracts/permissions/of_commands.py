"""What a build's commands (`docker push`, `aws ecr batch-get-image`, ...) do in AWS, and on what."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from aws_facts import facts
from aws_facts.authorization import actions_of
from contracts.commands import Command
from contracts.permissions.required import Requirement
from contracts.project_index import ProjectIndex
from system_model.conditions import UNKNOWN
from system_model.names import REGISTRY
from system_model.statements import ANY
from system_model.system import Resource
from system_model.wording import OPEN

_S3 = "s3://"
_HERE = "${AWS::Region}:${AWS::AccountId}"
_TWO = 2


def named_by_option(command: Command, service: str) -> str:
    """Return the ARN of the resource that an option names; ``UNKNOWN`` where none is known to."""
    if service != "ecr":
        return UNKNOWN
    words = [command.expanded(word) for word in command.command.arguments]
    for index, word in enumerate(words[:-1]):
        if word == "--repository-name" and OPEN not in words[index + 1]:
            return f"arn:${{AWS::Partition}}:ecr:{_HERE}:repository/{words[index + 1]}"
    return UNKNOWN


def s3_actions(operation: str, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Return (action, resource) of `aws s3 cp`, `mv` and `sync`: what is read, and what is written."""
    places = [word for word in words[2:] if not word.startswith("-")][:_TWO]
    if len(places) < _TWO or any(place.startswith(OPEN) for place in places):
        return
    taken, put = places
    if operation == "sync":
        for place in (taken, put):
            if place.startswith(_S3):
                yield "s3:ListBucket", _bucket(place)
    if taken.startswith(_S3):
        yield "s3:GetObject", f"{_bucket(taken)}/{OPEN}"
    if taken.startswith(_S3) and operation == "mv":
        yield "s3:DeleteObject", f"{_bucket(taken)}/{OPEN}"
    if put.startswith(_S3):
        yield "s3:PutObject", f"{_bucket(put)}/{OPEN}"
    if put.startswith(_S3) and operation == "sync" and "--delete" in words:
        yield "s3:DeleteObject", f"{_bucket(put)}/{OPEN}"


def _bucket(place: str) -> str:
    name = place.removeprefix(_S3).partition("/")[0]
    return f"arn:${{AWS::Partition}}:s3:::{name}"


_IMAGE = re.compile(r"(?P<repository>[^:@]+)(?::(?P<tag>[^@]*))?(?:@(?P<digest>.*))?")
_OPERATION = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ECR = ".dkr.ecr."
_ASKING = {"aws", "docker"}
"""The programs that ask AWS for something."""
_IDENTITIES = ("assume-role", "assume-role-with-web-identity", "AWS_ACCESS_KEY_ID", "AWS_PROFILE", "--profile")
"""After these words commands may act as somebody else."""


def needs(who: Resource, commands: Sequence[Command], index: ProjectIndex, before: str = "") -> Iterator[Requirement]:
    """Return what ``who`` needs for commands, up to one after which they may act as somebody else.

    ``before`` goes before each reason.
    """
    logs_in = any(_is_login(one) for one in commands)
    for one in commands:
        if not index.system.whole and _changes_identity(one):
            return
        if one.command.program not in _ASKING:
            continue
        about = f"{before}{one.file} runs `{_shown(one)}`: "
        for need in _of_command(who, one, about, logs_in=logs_in, whole=index.system.whole):
            yield replace(need, likely=True) if _may_be_passed_over(one) else need


def _of_command(who: Resource, command: Command, about: str, *, logs_in: bool, whole: bool) -> Iterator[Requirement]:
    if command.command.program == "aws":
        yield from _aws(who, command, about)
    elif logs_in:
        yield from _docker(who, command, about, whole=whole)


def _changes_identity(command: Command) -> bool:
    words = [word.text for word in (*command.command.words, *command.command.assignments)]
    return any(word.partition("=")[0] in _IDENTITIES for word in [*words, *command.known])


def _may_be_passed_over(command: Command) -> bool:
    """Whether the build goes on without the command, or when it fails."""
    around = any(one.block.kind not in {"$(", "{", "("} for one in command.command.within)
    return around or "||" in (command.command.before, command.command.after)


def wants_daemon(command: Command) -> bool:
    """Return whether a command needs a Docker daemon."""
    if command.command.program not in {"docker", "docker-compose"}:
        return False
    words = _words(command)
    return bool(words) and words[0] in facts("command_actions")["daemon"]


def pushed(commands: Sequence[Command]) -> Iterator[tuple[Command, str]]:
    """Return each command that pushes, with its image as far as it is known."""
    for one in commands:
        if one.command.program == "docker" and _words(one)[:1] == ["push"]:
            yield one, _image(one)


def repositories(commands: Sequence[Command]) -> Iterator[tuple[Command, str]]:
    """Return each command that pushes, with the name of the repository in the account's registry, where it is known."""
    for one, image in pushed(commands):
        name = _repository(image)
        if name not in (None, UNKNOWN):
            yield one, str(name)


def _docker(who: Resource, command: Command, about: str, *, whole: bool) -> Iterator[Requirement]:
    words, image = _words(command), _image(command)
    known = facts("command_actions")["docker"].get(words[0] if words else "")
    repository = _repository(image)
    if known is None or (repository is None and (whole or _ECR not in image)):
        return
    resource = UNKNOWN if repository in (None, UNKNOWN) else _arn(str(repository))
    for action in known[0]:
        yield Requirement(
            who,
            action,
            resource,
            f"{about}it is asked for by the registry",
            known[1],
            # An image of which nothing is known may lie in another registry.
            likely=resource == UNKNOWN and _ECR not in image,
            shows="denied: ... is not authorized to perform: {action}",
        )


def _aws(who: Resource, command: Command, about: str) -> Iterator[Requirement]:
    words = _words(command)
    if not words or not _OPERATION.fullmatch(words[0]):
        return
    service, operation = words[0], words[1] if len(words) > 1 else ""
    if service == "s3" and operation in {"cp", "mv", "sync"}:
        for action, resource in s3_actions(operation, [command.expanded(word) for word in command.command.arguments]):
            source = f"https://docs.aws.amazon.com/cli/latest/reference/s3/{operation}.html"
            yield Requirement(who, action, resource, f"{about}the call asks for it", source)
        return
    known = facts("command_actions")["operations"].get(
        f"{service} {operation}", facts("command_actions")["operations"].get(service)
    )
    if known is None:
        named = _action_of(service, operation)
        known = [[named] if named else [], facts("command_actions")["source of others"]]
    for action in known[0]:
        resource = ANY if action in facts("command_actions")["without resource"] else named_by_option(command, service)
        yield Requirement(
            who,
            action,
            resource,
            f"{about}the call asks for it",
            known[1],
            _keys_of(action),
            # Only a task definition that names roles has them passed on.
            likely=action == "iam:PassRole",
        )


def _keys_of(action: str) -> dict[str, str]:
    """Return the service's own keys that such a request may have; with which values its options say."""
    service, _, name = action.partition(":")
    known = actions_of(service).get(name.lower())
    return {} if known is None else {key: UNKNOWN for key in known.keys if key.startswith(f"{service}:")}


def _action_of(service: str, operation: str) -> str | None:
    """Return the action of the operation's own name, where IAM has one."""
    if not _OPERATION.fullmatch(operation) or operation in {"help", "wait"}:
        return None
    prefix = facts("command_actions")["services"].get(service, service)
    name = "".join(part.capitalize() for part in operation.split("-"))
    known = actions_of(prefix).get(name.lower())
    return None if known is None else f"{prefix}:{known.name}"


def _words(command: Command) -> list[str]:
    """Return the arguments without options that stand before the subcommand, and without those after it."""
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
    """Return the image that a command names: for `run` the first word that is no option, else the last word."""
    words = command.command.arguments[1:]
    if _words(command)[:1] == ["run"]:
        # Options with values are many; a reference into the registry is told by its host.
        named = [text for word in words if REGISTRY in (text := command.expanded(word))]
        return named[0] if named else ""
    plain = [word for word in words if not word.text.startswith("-")]
    return command.expanded(plain[-1]) if plain else ""


def _repository(image: str) -> str | None:
    """Return the repository of the account's registry that an image lies in; None for an image from elsewhere."""
    if image.startswith(f"{REGISTRY}/"):
        name = image.removeprefix(f"{REGISTRY}/")
        found = _IMAGE.fullmatch(name.replace(OPEN, "?"))
        return UNKNOWN if found is None or "?" in found["repository"] else found["repository"]
    return UNKNOWN if image.startswith("${") else None


def _arn(repository: str) -> str:
    return f"arn:${{AWS::Partition}}:ecr:{_HERE}:repository/{repository}"


def _is_login(command: Command) -> bool:
    if command.command.program != "aws":
        return False
    words = _words(command)
    return words[:1] == ["ecr"] and words[1:2] in (["get-login-password"], ["get-login"])


def _shown(command: Command) -> str:
    return " ".join(word.written for word in command.command.words[:3])
