"""Reads `build/manifest.json`: which stacks there are, in which order, and what each of them takes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from reporting.errors import CannotRunError
from settings.toml_file import shown

FORMAT = 1
"""The manifest's format that this module reads."""


@dataclass(frozen=True)
class OutputOfStack:
    """One output of one stack, by name."""

    stack: str
    output: str


@dataclass(frozen=True)
class RunningImage:
    """A container of an ECS service, whose present image a parameter is given."""

    cluster: str
    service: str
    container: str


@dataclass(frozen=True)
class Parameter:
    """A parameter of a stack. ``running_image`` is ``None`` where the environment file gives the value."""

    name: str
    required: bool
    running_image: RunningImage | None


@dataclass(frozen=True)
class Stack:
    """One stack of the system: its template's file in `build/`, and how it is deployed."""

    name: str
    template: str
    description: str
    needs: Sequence[str]
    capabilities: Sequence[str]
    tags: Mapping[str, str]
    parameters: Sequence[Parameter]


@dataclass(frozen=True)
class Pipeline:
    """A release pipeline, and the service that it releases."""

    service: str
    stack: str
    pipeline: str
    branch: str
    repository: str
    cluster: str
    ecs_service: str
    container: str
    url: OutputOfStack | None
    health_check_path: str
    desired_count: int
    deployment_group: str = ""
    """CodeDeploy's group and application, both of this name; empty where ECS deploys by itself."""


@dataclass(frozen=True)
class Secret:
    """A secret that a service reads from Parameter Store: its name there, never its value."""

    service: str
    name: str


@dataclass(frozen=True)
class Manifest:
    """The whole of `build/manifest.json`. ``stacks`` stand in the order of deployment."""

    build: Path
    application: str
    template_bucket: OutputOfStack | None
    connections: Sequence[OutputOfStack]
    pipelines: Sequence[Pipeline]
    secrets: Sequence[Secret]
    stacks: Sequence[Stack]

    def stack_names(self) -> Sequence[str]:
        """Return the names of all stacks, in the order of deployment."""
        return [stack.name for stack in self.stacks]

    def tagged(self, tags: Mapping[str, str]) -> Self:
        """Return it with these tags on every stack, beside those that it has."""
        return replace(self, stacks=[replace(stack, tags={**stack.tags, **tags}) for stack in self.stacks])


def load(build: Path) -> Manifest:
    """Read the manifest in the folder ``build``; what can't be read raises ``CannotRunError``."""
    path = build / "manifest.json"
    _, content = read_json(path)
    found = content.get("format") if isinstance(content, dict) else None
    if found != FORMAT:
        sentence = f"{shown(path)}: its format is {found!r}; allowed is {FORMAT}; regenerate it with `make templates`."
        raise CannotRunError(sentence)
    try:
        return _manifest(build, content)
    except (KeyError, TypeError, AttributeError) as error:
        sentence = (
            f"{shown(path)}: a part of it is missing or misshapen ({error}); regenerate it with `make templates`."
        )
        raise CannotRunError(sentence) from None


def read_json(path: Path) -> tuple[str, Any]:
    """Return a file of `build/` as text and as what that says; one that can't be read raises ``CannotRunError``."""
    try:
        text = path.read_text(encoding="utf-8")
        return text, json.loads(text)
    except OSError as error:
        sentence = f"{shown(path)}: it can't be read: {error.strerror}; make it with `make templates`."
        raise CannotRunError(sentence) from None
    except ValueError as error:
        sentence = f"{shown(path)}: it is not JSON in UTF-8: {error}; regenerate it with `make templates`."
        raise CannotRunError(sentence) from None


def _manifest(build: Path, content: Mapping[str, Any]) -> Manifest:
    return Manifest(
        build=build,
        application=content["application"],
        template_bucket=_output(content.get("template_bucket")),
        connections=tuple(OutputOfStack(**connection) for connection in content.get("connections", ())),
        pipelines=tuple(
            Pipeline(**{**pipeline, "url": _output(pipeline.get("url"))}) for pipeline in content.get("pipelines", ())
        ),
        secrets=tuple(Secret(**secret) for secret in content.get("secrets", ())),
        stacks=tuple(_stack(stack) for stack in content["stacks"]),
    )


def _output(content: Mapping[str, str] | None) -> OutputOfStack | None:
    return None if content is None else OutputOfStack(**content)


def _stack(content: Mapping[str, Any]) -> Stack:
    return Stack(
        name=content["name"],
        template=content["template"],
        description=content.get("description", ""),
        needs=tuple(content.get("needs", ())),
        capabilities=tuple(content.get("capabilities", ())),
        tags=dict(content.get("tags", {})),
        parameters=tuple(_parameter(parameter) for parameter in content.get("parameters", ())),
    )


def _parameter(content: Mapping[str, Any]) -> Parameter:
    if content.get("from", "environment") == "environment":
        return Parameter(content["name"], bool(content.get("required", False)), None)
    image = RunningImage(content["cluster"], content["service"], content["container"])
    return Parameter(content["name"], required=False, running_image=image)
