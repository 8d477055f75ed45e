"""E9607: the file that a build writes for an ECS action names containers of the task definition."""

import re
from collections.abc import Iterator

from contracts.artifacts import maker_of
from contracts.commands import Command, commands_of
from contracts.permissions.of_tasks import containers
from contracts.permissions.service_definitions import service_definition
from contracts.project_index import PIPELINE, ProjectIndex, actions, inputs, provider
from reporting.findings import Finding
from system_model.system import Resource, mapping
from system_model.wording import OPEN

_NAME = re.compile(r'"name"\s*:\s*"([^"]*)"')


def findings(index: ProjectIndex) -> Iterator[Finding]:
    """Look at each ECS action whose service and build the templates make."""
    for pipeline in index.system.resources(PIPELINE):
        for action in actions(pipeline):
            if provider(action) != "ECS":
                continue
            configuration = mapping(action.get("Configuration"))
            definition = service_definition(index.text(configuration.get("ServiceName"), pipeline.stack), index)
            makers = [maker_of(artifact, pipeline, index) for artifact in inputs(action)]
            project = next((one for one in makers if one is not None), None)
            if definition is None or project is None:
                continue
            file = index.text(configuration.get("FileName"), pipeline.stack) or "imagedefinitions.json"
            yield from _name(project, definition, file, index)


def _name(project: Resource, definition: Resource, file: str, index: ProjectIndex) -> Iterator[Finding]:
    known = [index.text(one.get("Name"), definition.stack) for one in containers(definition)]
    for command in commands_of(project, index):
        name = _written_name(command, file)
        if name and OPEN not in name and "${" not in name and name not in known and all(map(_is_known, known)):
            yield index.finding(
                "E9607",
                project,
                ("Properties",),
                f"{command.file}, which {project} runs, writes {file} for the container {name}; {definition} has only "
                f"{', '.join(map(str, known))}, and the deployment would be refused.",
                "Write one of these names.",
            )


def _written_name(command: Command, file: str) -> str | None:
    """Return the container's name in what a printf or an echo writes to ``file``."""
    targets = [command.expanded(one.target) for one in command.command.redirects if one.target is not None]
    if command.command.program not in {"printf", "echo"} or not any(one.endswith(file) for one in targets):
        return None
    words = [command.expanded(word) for word in command.command.arguments]
    text = " ".join(words)
    if command.command.program == "printf" and words:
        for value in words[1:]:
            words[0] = words[0].replace("%s", value, 1)
        text = words[0]
    found = _NAME.search(text.replace('\\"', '"'))
    return found[1] if found else None


def _is_known(name: str | None) -> bool:
    return name is not None and "${" not in name
