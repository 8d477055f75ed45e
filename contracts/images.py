"""E9607, E9610, E9611: where builds push to, what they say is to be deployed, and whether they have Docker."""

import re
from collections.abc import Iterator, Sequence

from contracts.artifacts import maker_of
from contracts.commands import Command, commands_of
from contracts.permissions.of_commands import repositories, wants_daemon
from contracts.permissions.of_tasks import containers
from contracts.permissions.service_definitions import service_definition
from contracts.pipelines import PIPELINE, actions, inputs, provider
from contracts.project_index import ProjectIndex
from contracts.projects import PROJECT
from reporting.findings import Finding
from system_model.system import Resource, mapping
from system_model.wording import OPEN

_NAME = re.compile(r'"name"\s*:\s*"([^"]*)"')
_PRIVILEGED = ("Properties", "Environment", "PrivilegedMode")


def findings(index: ProjectIndex) -> Iterator[Finding]:
    """Look at the commands of every build."""
    for project in index.system.resources(PROJECT):
        commands = commands_of(project, index)
        yield from _repositories(project, commands, index)
        yield from _daemon(project, commands, index)
    yield from _names(index)


def _repositories(project: Resource, commands: Sequence[Command], index: ProjectIndex) -> Iterator[Finding]:
    made = [index.text({"Ref": one.logical_id}, one.stack) for one in index.system.resources("AWS::ECR::Repository")]
    for command, name in repositories(commands):
        if made and name not in made:
            yield index.finding(
                "E9610",
                project,
                ("Properties",),
                f"{command.file}, which {project} runs, pushes to the repository {name}; the templates make "
                f"{', '.join(map(str, made))}. The registry would end the push with EOF or name unknown.",
                "Push to one of these, or make that one.",
            )


def _daemon(project: Resource, commands: Sequence[Command], index: ProjectIndex) -> Iterator[Finding]:
    environment = mapping(project.properties.get("Environment"))
    privileged = index.text(environment.get("PrivilegedMode"), project.stack)
    wanting = next((one for one in commands if wants_daemon(one)), None)
    if wanting is not None and privileged in (None, "false") and "LAMBDA" not in str(environment.get("Type")):
        words = " ".join(word.written for word in wanting.command.words[:3])
        yield index.finding(
            "E9611",
            project,
            _PRIVILEGED,
            f"{project} runs `{words}` ({wanting.file}), which needs a Docker daemon, and CodeBuild starts none "
            "without privileged mode: Cannot connect to the Docker daemon.",
            "Set PrivilegedMode to true.",
        )


def _names(index: ProjectIndex) -> Iterator[Finding]:
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
        if name and OPEN not in name and "${" not in name and None not in known and name not in known:
            yield index.finding(
                "E9607",
                project,
                ("Properties",),
                f"{command.file}, which {project} runs, writes {file} for the container {name}; {definition} has only "
                f"{', '.join(map(str, known))}, and the deployment would be refused.",
                "Write one of these names.",
            )


def _written_name(command: Command, file: str) -> str | None:
    """Give the container's name in what a printf or an echo writes to ``file``."""
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
