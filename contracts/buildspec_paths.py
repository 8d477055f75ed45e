"""E9602: the buildspec that a project names lies in the repository."""

from collections.abc import Iterator

from contracts.project_index import PROJECT, ProjectIndex
from reporting.findings import Finding
from system_model.buildspecs_of import buildspec_of, is_inline


def findings(index: ProjectIndex) -> Iterator[Finding]:
    """Look at every project whose source is the repository that is released."""
    for project in index.system.resources(PROJECT):
        given = buildspec_of(project)
        if given is None or is_inline(given) or index.system.repository.text(given) is not None:
            continue
        yield index.finding(
            "E9602",
            project,
            ("Properties", "Source", "BuildSpec"),
            f"{project} runs the buildspec {given}, which does not lie in the repository.",
            "Write it there, or name the one that does; the path is relative to the repository's top.",
        )
