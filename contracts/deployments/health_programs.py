"""W9622: the health check of a container runs a program that its image has."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from aws_facts import facts
from contracts.containers import folders_of_images
from contracts.dockerfile import FROM, base
from contracts.permissions.of_tasks import TASK_DEFINITION, containers
from contracts.project_index import ProjectIndex
from reporting.findings import Finding
from system_model.system import listed, mapping

_OFFICIAL = ("public.ecr.aws/docker/library/", "docker.io/library/", "docker.io/", "library/")
_OWN_CHECK = re.compile(r"^[ \t]*HEALTHCHECK\b.*$", re.IGNORECASE | re.MULTILINE)
_SHELL = "sh"
"""What runs the text of CMD-SHELL."""
_PROGRAM = re.compile(r"(?:^|&&|\|\||;)\s{0,9}([a-z][\w-]{0,40})")


def findings(index: ProjectIndex) -> Iterator[Finding]:
    """Look at containers of images of which it is known what they lack: official ones, and what is made of them."""
    baked = dict(folders_of_images(index))
    for definition in index.system.resources(TASK_DEFINITION):
        every = list(containers(definition))
        for container in every:
            image = index.text(container.get("Image"), definition.stack) or ""
            if definition in baked and len(every) == 1:
                image = _base(index.system.repository.text(f"{baked[definition]}/Dockerfile") or "", container)
            command = listed(mapping(container.get("HealthCheck")).get("Command"))
            words = [index.text(one, definition.stack) or "" for one in command]
            begun = str([container.get("Command"), container.get("EntryPoint")])
            lacking = [name for name in _programs(words) if name in _lacking(image) and name not in begun]
            if lacking:
                yield index.finding(
                    "W9622",
                    definition,
                    ("Properties", "ContainerDefinitions"),
                    f"The health check of {definition} runs {lacking[0]}, which the image {image} does not have: the "
                    "container is never healthy, and its tasks are stopped.",
                    "Ask by a program that the image has, or by an image of your own that has it.",
                )


def _base(dockerfile: str, container: Mapping[str, Any]) -> str:
    """Return what the last stage is made from, where nothing in the file speaks of the programs of the health check."""
    words = [str(one) for one in listed(mapping(container.get("HealthCheck")).get("Command"))]
    instructions = FROM.sub("", _OWN_CHECK.sub("", dockerfile))
    if any(name in instructions for name in _programs(words) if name != _SHELL):
        return ""
    return base(dockerfile)


def _programs(words: list[str]) -> list[str]:
    """Return the programs of a health check: ``CMD program ...`` or ``CMD-SHELL text``."""
    if words[:1] == ["CMD"]:
        return [words[1].rpartition("/")[2]] if words[1:] else []
    text = words[-1] if words else ""
    shell = [_SHELL] if text else []
    return shell if "command -v" in text or "which " in text else [*_PROGRAM.findall(text), *shell]


def _lacking(image: str) -> set[str]:
    """Return the programs that an official image is known to lack."""
    bare = facts("image_programs")["without_shell"]
    if image.startswith(bare["prefix"]):
        return set() if bare["but"] in image.rpartition(":")[2] else set(bare["lack"])
    for host in _OFFICIAL:
        image = image.removeprefix(host)
    name, _, tag = image.partition("@")[0].partition(":")
    found: set[str] = set()
    for row in facts("image_programs")["official"]:
        if name in row["images"] and (not row["tag"] or any(part.startswith(row["tag"]) for part in tag.split("-"))):
            found |= set(row["lack"])
    return found
