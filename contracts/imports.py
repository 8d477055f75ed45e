"""E9601, E9605: what a stack reads, another one makes: exports, and values of Parameter Store."""

from collections.abc import Iterator
from typing import Any

from contracts.permissions.of_tasks import TASK_DEFINITION, secrets
from contracts.project_index import PROJECT, ProjectIndex, project_parameters
from reporting.findings import Finding
from system_model.system import Resource


def findings(index: ProjectIndex) -> Iterator[Finding]:
    """Look at every ``Fn::ImportValue`` whose name is known."""
    for stack in index.system.stacks:
        for path, given in _imports(stack.template, ()):
            name = index.text(given, stack)
            if name is not None and "${" not in name and name not in index.system.exports:
                yield index.finding_in(
                    "E9601",
                    stack,
                    path,
                    f"{stack.name} imports {name}, which no stack exports.",
                    f"Export it from the stack that makes it, or import one of: {_nearest(name, index)}.",
                )


def _imports(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:  # noqa: ANN401
    waiting = [(path, value)]
    while waiting:
        place, one = waiting.pop()
        members = one.items() if isinstance(one, dict) else enumerate(one) if isinstance(one, list) else ()
        for key, member in members:
            if key == "Fn::ImportValue":
                yield (*place, key), member
            if isinstance(member, dict | list):
                waiting.append(((*place, key), member))


def _nearest(name: str, index: ProjectIndex) -> str:
    import difflib  # noqa: PLC0415 - only where something is wrong

    names = list(index.system.exports)
    return ", ".join(difflib.get_close_matches(name, names, n=3, cutoff=0) or ["none is exported"])


def findings_on_parameters(index: ProjectIndex) -> Iterator[Finding]:
    """Look at every name that a project, a buildspec or a container asks for."""
    made = {index.text({"Ref": one.logical_id}, one.stack) for one in index.system.resources("AWS::SSM::Parameter")}
    known = {name for name in made if name} | index.system.secrets
    for resource, name, why in _asked(index):
        if name not in known and "${" not in name:
            yield index.finding(
                "E9605",
                resource,
                ("Properties",),
                f"{resource} reads {name} from Parameter Store ({why}), but no stack makes it, and it is not "
                "among the secrets that you are asked for.",
                "Add it to the service's parameters or secrets in config/system.toml, or correct the name.",
            )


def _asked(index: ProjectIndex) -> Iterator[tuple[Resource, str, str]]:
    for project in index.system.resources(PROJECT):
        for variable, name in project_parameters(project, index):
            yield project, _plain(name), f"variable {variable} of the project"
        specification = index.buildspecs.of(project)
        if specification is not None:
            for variable, name in specification.spec.environment.parameter_store.items():
                yield project, _plain(name), f"variable {variable} in {specification.file}"
    for definition in index.system.resources(TASK_DEFINITION):
        for variable, value in secrets(definition, index):
            if ":secretsmanager:" not in value:
                yield definition, _plain(value), f"variable {variable} of a container"


def _plain(name: str) -> str:
    """Return the name without an ARN around it, or a version or label behind it."""
    if name.startswith("arn:"):
        _, _, rest = name.partition(":parameter/")
        name = f"/{rest}"
    return name.partition(":")[0] if "${" not in name else name
