"""W9615, W9617 and W9620: what builds push is what tasks run, on their processor, under tags that are free."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from contracts.artifacts import maker_of
from contracts.commands import Command, commands_of
from contracts.permissions.of_commands import pushed
from contracts.permissions.of_tasks import containers, is_for_fargate
from contracts.permissions.service_definitions import service_definition
from contracts.project_index import PIPELINE, PROJECT, ProjectIndex, actions, inputs, provider
from reporting.findings import Finding
from system_model.names import REGISTRY
from system_model.system import Resource, mapping
from system_model.wording import OPEN

_OF_ONE_BUILD = re.compile(r"\$\{?(?:CODEBUILD_\w+)\b")
"""Variables that differ from build to build."""
_PROCESSORS = {"ARM_CONTAINER": "ARM64", "LINUX_CONTAINER": "X86_64", "LINUX_GPU_CONTAINER": "X86_64"}
_FOR_OTHERS = ("--platform", "buildx", "manifest", "qemu", "binfmt")
"""Words of commands that build for another processor than the build's own."""


def findings(index: ProjectIndex) -> Iterator[Finding]:
    """Look at what each build pushes, and at the services that are deployed."""
    yield from _immutable(index)
    yield from _first_images(index)
    yield from _processors(index)


def _commands(index: ProjectIndex) -> Iterator[Command]:
    for project in index.system.resources(PROJECT):
        yield from commands_of(project, index)


def _pushes(index: ProjectIndex) -> Iterator[tuple[Resource, Command, str]]:
    """Return (project, command, image) of each push."""
    for project in index.system.resources(PROJECT):
        for command, image in pushed(commands_of(project, index)):
            yield project, command, image


def _immutable(index: ProjectIndex) -> Iterator[Finding]:
    for project, command, image in _pushes(index):
        name, _, tag = image.removeprefix(f"{REGISTRY}/").partition(":")
        repository = index.named("AWS::ECR::Repository", name) if image.startswith(f"{REGISTRY}/") else None
        if repository is None or not tag or "$" in tag:
            continue
        if index.text(repository.properties.get("ImageTagMutability"), repository.stack) == "IMMUTABLE":
            yield index.finding(
                "W9620",
                project,
                ("Properties",),
                f"{command.file}, which {project} runs, pushes the tag {tag} in every build, and tags of {repository} "
                f"are immutable; from the second build on: \"tag invalid: The image tag '{tag}' already exists\".",
                "Push a tag of the build's own, such as $CODEBUILD_RESOLVED_SOURCE_VERSION.",
            )


def _first_images(index: ProjectIndex) -> Iterator[Finding]:
    images = [(image, command) for _, command, image in _pushes(index)]
    if any(word.text == "--push" for command in _commands(index) for word in command.command.arguments):
        return
    for service in index.system.resources("AWS::ECS::Service"):
        definition = service.stack.resources.get(str(mapping(service.properties.get("TaskDefinition")).get("Ref")))
        count = index.text(service.properties.get("DesiredCount", 1), service.stack)
        if definition is None or count == "0" or "${" in (count or ""):
            continue
        for container in containers(definition):
            image = index.text(container.get("Image"), definition.stack) or ""
            name, _, tag = image.removeprefix(f"{REGISTRY}/").partition(":")
            is_own = image.startswith(f"{REGISTRY}/") and index.named("AWS::ECR::Repository", name) is not None
            if is_own and "$" not in tag and _is_pushed_by_nobody(name, tag, images):
                yield index.finding(
                    "W9615",
                    service,
                    ("Properties",),
                    f"{service} starts tasks of {name}:{tag or 'latest'}, which no build of the template pushes to the "
                    'repository that it makes: "CannotPullContainerError: ... not found".',
                    "Begin with DesiredCount 0, or push that tag.",
                )


def _is_pushed_by_nobody(name: str, tag: str, images: list[tuple[str, Command]]) -> bool:
    """Whether the builds push to the repository, and each another tag for certain."""
    own = [(image, command) for image, command in images if image.startswith(f"{REGISTRY}/{name}:")]
    unknown = any("$" in image.removeprefix(f"{REGISTRY}/").removeprefix(name).partition(":")[0] for image, _ in images)
    return bool(own) and not unknown and all(_is_another(image, tag or "latest", command) for image, command in own)


def _is_another(image: str, tag: str, command: Command) -> bool:
    pushed_tag = image.removeprefix(f"{REGISTRY}/").partition(":")[2]
    if OPEN not in pushed_tag:
        return pushed_tag != tag
    written = command.command.arguments[-1].written
    return pushed_tag == OPEN and _OF_ONE_BUILD.search(written.rpartition(":")[2]) is not None


def _processors(index: ProjectIndex) -> Iterator[Finding]:
    for pipeline in index.system.resources(PIPELINE):
        for action in actions(pipeline):
            if provider(action) == "ECS":
                yield from _processor(action, pipeline, index)


def _processor(action: Mapping[str, Any], pipeline: Resource, index: ProjectIndex) -> Iterator[Finding]:
    name = index.text(mapping(action.get("Configuration")).get("ServiceName"), pipeline.stack)
    definition = service_definition(name, index)
    makers = [maker_of(artifact, pipeline, index) for artifact in inputs(action)]
    project = next((one for one in makers if one is not None), None)
    if definition is None or project is None or not is_for_fargate(definition, index):
        return
    made = _PROCESSORS.get(index.text(mapping(project.properties.get("Environment")).get("Type"), project.stack) or "")
    platform = definition.properties.get("RuntimePlatform")
    given = mapping(platform).get("CpuArchitecture")
    wanted = "X86_64" if platform is None else index.text(given, definition.stack) if given else "X86_64"
    builds = [one.command.arguments for one in commands_of(project, index) if one.command.program == "docker"]
    words = {word.text for arguments in builds for word in arguments}
    if "build" not in words or made is None or wanted not in ("X86_64", "ARM64") or made == wanted:
        return
    if not any(sign in word for word in words for sign in _FOR_OTHERS):
        yield index.finding(
            "W9617",
            definition,
            ("Properties", "RuntimePlatform"),
            f"{project} builds on {made} the image that {pipeline} deploys, and the tasks of {definition} run on "
            f'{wanted}: "exec format error", or "image Manifest does not contain descriptor matching platform".',
            "Build on the tasks' processor, or set RuntimePlatform/CpuArchitecture to the build's.",
        )
