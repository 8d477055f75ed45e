"""E9607, E9608, E9609: container, port and health check are the same in template, Dockerfile and the service's code."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from contracts.artifacts import maker_of
from contracts.dockerfile import copies
from contracts.permissions.of_tasks import containers
from contracts.permissions.service_definitions import service_definition
from contracts.project_index import PIPELINE, ProjectIndex, actions, inputs, provider
from reporting.findings import Finding
from system_model.buildspecs_of import buildspec_of, is_inline
from system_model.repository import Repository
from system_model.system import Resource, listed, mapping

SERVICE = "AWS::ECS::Service"
_EXPOSE = re.compile(r"^[ \t]*EXPOSE[ \t]+(.+)$", re.IGNORECASE | re.MULTILINE)
_BIND = re.compile(r"""^[ \t]*bind\s*=\s*(?:\[\s*)?["'][^"'\n]*:(\d+)["']""", re.MULTILINE)
_LOOPBACK = re.compile(
    r"""^[ \t]*bind\s*=\s*(?:\[\s*)?["'](127\.0\.0\.1|localhost)(?::\d+)?["'][ \t]*(?:\][ \t]*)?(?:#.*)?$""",
    re.MULTILINE,
)
_ASKED = re.compile(r"(?:\bPORT\s*=\s*|\blocalhost:|\b127\.0\.0\.1:)(\d{2,5})\b")
_SCRIPT = re.compile(r"(?<![\w./-])[\w./-]+\.(?:py|sh)")


def findings(index: ProjectIndex) -> Iterator[Finding]:
    """Look at every service that stands behind a load balancer, and at the folder of every image that is deployed."""
    for service in index.system.resources(SERVICE):
        yield from _entrance(service, index)
    for definition, folder in folders_of_images(index):
        yield from _ports(definition, folder, index)
        yield from _loopback(definition, folder, index)
        yield from _health(definition, folder, index)


def _entrance(service: Resource, index: ProjectIndex) -> Iterator[Finding]:
    definition = _definition(service)
    if definition is None:
        return
    known = {index.text(one.get("Name"), definition.stack): one for one in containers(definition)}
    for balanced in listed(service.properties.get("LoadBalancers")):
        name = index.text(mapping(balanced).get("ContainerName"), service.stack)
        port = index.text(mapping(balanced).get("ContainerPort"), service.stack)
        if name is None or "${" in name or None in known:
            continue
        if name not in known:
            yield index.finding(
                "E9607",
                service,
                ("Properties", "LoadBalancers"),
                f"The load balancer of {service} sends requests to the container {name}; {definition} has only "
                f"{', '.join(str(one) for one in known)}.",
                "Name one of them.",
            )
            continue
        ports = _mapped(known[name], definition, index)
        if port is not None and "${" not in port and port not in ports:
            yield index.finding(
                "E9608",
                service,
                ("Properties", "LoadBalancers"),
                f"The load balancer of {service} sends requests to port {port} of the container {name}, which "
                f"{definition} does not map; it maps {', '.join(sorted(ports)) or 'none'}.",
                "Make the two the same.",
            )


def _definition(service: Resource) -> Resource | None:
    return service.stack.resources.get(str(mapping(service.properties.get("TaskDefinition")).get("Ref")))


def _mapped(container: Mapping[str, Any], definition: Resource, index: ProjectIndex) -> set[str]:
    ports = [mapping(one).get("ContainerPort") for one in listed(container.get("PortMappings"))]
    return {text for one in ports if (text := index.text(one, definition.stack))}


def folders_of_images(index: ProjectIndex) -> Iterator[tuple[Resource, str]]:
    """Return each task definition that a pipeline deploys with the folder of the buildspec that bakes its image."""
    for pipeline in index.system.resources(PIPELINE):
        for action in actions(pipeline):
            if provider(action) != "ECS":
                continue
            name = index.text(mapping(action.get("Configuration")).get("ServiceName"), pipeline.stack)
            definition = service_definition(name, index)
            makers = [maker_of(artifact, pipeline, index) for artifact in inputs(action)]
            given = buildspec_of(makers[0]) if makers and makers[0] is not None else None
            if definition is not None and given is not None and not is_inline(given):
                yield definition, str(PurePosixPath(given).parent)


def _ports(definition: Resource, folder: str, index: ProjectIndex) -> Iterator[Finding]:
    mapped = {port for one in containers(definition) for port in _mapped(one, definition, index)}
    if not mapped or any("${" in port for port in mapped):
        return
    for name, told in (("Dockerfile", _exposed), ("gunicorn.conf.py", _bound)):
        file = f"{folder}/{name}"
        ports = told(index.system.repository.text(file) or "")
        if ports and not ports & mapped:
            yield index.finding(
                "E9608",
                definition,
                ("Properties", "ContainerDefinitions"),
                f"{definition} maps port {', '.join(sorted(mapped))}, but {file} says "
                f"{', '.join(sorted(ports))}: no request would reach the service.",
                "Make the two the same.",
            )


def _loopback(definition: Resource, folder: str, index: ProjectIndex) -> Iterator[Finding]:
    file = f"{folder}/gunicorn.conf.py"
    found = _LOOPBACK.search(index.system.repository.text(file) or "")
    if found and any(_mapped(one, definition, index) for one in containers(definition)):
        yield index.finding(
            "E9608",
            definition,
            ("Properties", "ContainerDefinitions"),
            f"{file} listens to {found[1]}, which nothing outside the container of {definition} reaches.",
            "Listen to 0.0.0.0.",
        )


def _exposed(dockerfile: str) -> set[str]:
    words = [word for line in _EXPOSE.findall(dockerfile) for word in line.split()]
    return {word.partition("/")[0] for word in words if word.partition("/")[0].isdigit()}


def _bound(configuration: str) -> set[str]:
    return set(_BIND.findall(configuration))


def _health(definition: Resource, folder: str, index: ProjectIndex) -> Iterator[Finding]:
    repository = index.system.repository
    files = repository.below(folder)
    asking = {script.rpartition("/")[2] for one in containers(definition) for script in _scripts(one)}
    sources = [
        path
        for path in files
        if path.endswith(".py")
        and path.rpartition("/")[2] not in asking
        and not _is_of_tests(path.removeprefix(f"{folder}/"))
    ]
    if not sources:
        repository.depends_on(folder)
        return
    for group, path in _asked_paths(definition, index):
        if not _answers(path, sources, repository):
            yield index.finding(
                "E9609",
                group,
                ("Properties", "HealthCheckPath"),
                f"{group} asks for {path} to see whether the service is well; no code in {folder} "
                "answers it, so no task would ever be healthy.",
                "Ask for a path that the service answers, or answer it.",
            )
    for container in containers(definition):
        scripts = {script.rpartition("/")[2] for script in _scripts(container)}
        called = [path for path in files if path.rpartition("/")[2] in scripts]
        yield from _asked_port(definition, container, called, index)
        for script in _scripts(container):
            named = [path for path in files if path.rpartition("/")[2] == script.rpartition("/")[2]]
            there = [path for path in named if repository.text(path) is not None]
            dockerfile = repository.text(f"{folder}/Dockerfile")
            if there and dockerfile and not any(copies(dockerfile, path.removeprefix(f"{folder}/")) for path in there):
                yield index.finding(
                    "E9609",
                    definition,
                    ("Properties", "ContainerDefinitions"),
                    f"The health check of {definition} runs {script}, which {folder}/Dockerfile does not copy into the "
                    "image.",
                    "Copy it there.",
                )
            elif not there:
                yield index.finding(
                    "E9609",
                    definition,
                    ("Properties", "ContainerDefinitions"),
                    f"The health check of {definition} runs {script}, and {folder} has no file of "
                    "that name to put there.",
                    "Name the script that the image has.",
                )


def _asked_port(
    definition: Resource, container: Mapping[str, Any], named: Sequence[str], index: ProjectIndex
) -> Iterator[Finding]:
    """Hold the port that a container's health check asks at, by itself or in its script, against those mapped."""
    command = listed(mapping(container.get("HealthCheck")).get("Command"))
    texts = [str(command), *(index.system.repository.text(path) or "" for path in named)]
    asked = {port for text in texts for port in _ASKED.findall(text)}
    mapped = {port for one in containers(definition) for port in _mapped(one, definition, index)}
    if asked and mapped and not asked & mapped and not any("${" in port for port in mapped):
        yield index.finding(
            "E9608",
            definition,
            ("Properties", "ContainerDefinitions"),
            f"The health check of {definition} asks at port {', '.join(sorted(asked))}, and the container listens to "
            f"{', '.join(sorted(mapped))}.",
            "Make the two the same.",
        )


def _answers(path: str, sources: Sequence[str], repository: Repository) -> bool:
    """Return whether code names a path, also as Django does, without the first slash; likely files come first."""
    likely = sorted(sources, key=lambda source: ("health" not in source, source.count("test"), source))
    texts = (repository.text(source) or "" for source in likely)
    forms = [f"{quote}{form}{quote}" for form in (path, path.removeprefix("/")) for quote in "\"'"]
    return any(form in text for text in texts for form in forms)


def _asked_paths(definition: Resource, index: ProjectIndex) -> Iterator[tuple[Resource, str]]:
    for service in index.system.resources(SERVICE):
        if _definition(service) != definition:
            continue
        for balanced in listed(service.properties.get("LoadBalancers")):
            group = service.stack.resources.get(str(mapping(mapping(balanced).get("TargetGroupArn")).get("Ref")))
            path = None if group is None else index.text(group.properties.get("HealthCheckPath"), group.stack)
            if group is not None and path and "${" not in path:
                yield group, path.partition("?")[0]


def _scripts(container: Mapping[str, Any]) -> Iterator[str]:
    command = mapping(container.get("HealthCheck")).get("Command")
    for word in command if isinstance(command, list) else []:
        if isinstance(word, str):
            yield from _SCRIPT.findall(word)


def _is_of_tests(path: str) -> bool:
    return any(part.startswith("test") or part == "bench" for part in path.split("/"))
