"""E9610, E9611: where builds push to, and whether they have Docker."""

from collections.abc import Iterator, Sequence

from contracts.commands import Command, commands_of
from contracts.permissions.of_commands import repositories, wants_daemon
from contracts.project_index import PROJECT, ProjectIndex
from reporting.findings import Finding
from system_model.system import Resource, mapping

_PRIVILEGED = ("Properties", "Environment", "PrivilegedMode")


def findings(index: ProjectIndex) -> Iterator[Finding]:
    """Look at the commands of every build."""
    made = [index.text({"Ref": one.logical_id}, one.stack) for one in index.system.resources("AWS::ECR::Repository")]
    for project in index.system.resources(PROJECT):
        commands = commands_of(project, index)
        yield from _repositories(project, commands, made, index)
        yield from _daemon(project, commands, index)


def _repositories(
    project: Resource, commands: Sequence[Command], made: Sequence[str | None], index: ProjectIndex
) -> Iterator[Finding]:
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
