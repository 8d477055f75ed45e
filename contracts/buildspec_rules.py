"""The rules of `buildspecs/`, with all that is known of the projects that run a buildspec of the repository."""

from collections.abc import Iterator

from buildspecs.lint import findings as lint
from buildspecs.project import ProjectFacts
from contracts.project_index import PIPELINE, PROJECT, ProjectIndex
from reporting.findings import Finding
from system_model.buildspecs_of import buildspec_of, is_inline, variables
from system_model.system import Resource, mapping


def findings(index: ProjectIndex) -> Iterator[Finding]:
    """Judge each file once; what several projects run alike is told once."""
    seen = set()
    for project in index.system.resources(PROJECT):
        given = buildspec_of(project)
        text = None if given is None or is_inline(given) else index.system.repository.text(given)
        if given is None or text is None:
            continue
        facts = _facts(project, index)
        told = (given, facts.image, facts.environment_type, facts.privileged, facts.in_pipeline)
        if told not in seen:
            seen.add(told)
            yield from lint(text, given, facts)


def _facts(project: Resource, index: ProjectIndex) -> ProjectFacts:
    environment = mapping(project.properties.get("Environment"))
    source = index.text(mapping(project.properties.get("Source")).get("Type"), project.stack)

    def known(name: str) -> str | None:
        text = index.text(environment.get(name), project.stack)
        return None if text is None or "${" in text else text

    return ProjectFacts(
        image=known("Image"),
        environment_type=known("Type"),
        privileged=_flag(known("PrivilegedMode"), given="PrivilegedMode" in environment),
        variables={str(one.get("Name")): _value(one.get("Value"), project, index) for one in variables(project)},
        in_pipeline=source == "CODEPIPELINE" and any(True for _ in index.system.resources(PIPELINE)),
        source=index.system.repository.text,
    )


def _flag(text: str | None, *, given: bool) -> bool | None:
    return {"true": True, "false": False}.get(text or "") if given else False


def _value(given: object, project: Resource, index: ProjectIndex) -> str | None:
    text = index.text(given, project.stack)
    return None if text is None or "${" in text else text
