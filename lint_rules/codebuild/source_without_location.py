from collections.abc import Iterator

from lint_rules.codebuild.project import ProjectRule, known, source_type, source_type_of
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import Resource


class SourceWithoutLocation(ProjectRule):
    """A source that does not say where it is."""

    id = "E9204"
    shortdesc = "A repository's source needs its location"
    description = (
        "CreateProject refuses a source of a repository without Location, and a project without a source that "
        "brings no build specification of its own."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectSource.html"

    def faults_of(self, project: Resource) -> Iterator[Fault]:
        for source in (project["Source"], *project["SecondarySources"].items):
            given, kind = source["Type"].text, source_type_of(source)
            if kind in known("sources")["git"] and source["Location"].absent:
                yield fault(source, f"A source of type {kind} needs a Location: the address of the repository. Add it.")
            elif given is not None and not kind:
                allowed = ", ".join(known("sources")["types"])
                yield fault(source["Type"], f"{given} is not a type of source. Use one of {allowed}.")
        buildspec = project["Source"]["BuildSpec"]
        if source_type(project) == "NO_SOURCE" and (buildspec.absent or _is_path(buildspec)):
            yield fault(
                buildspec,
                "Without a source there is no file to read. Write the build specification itself in BuildSpec.",
            )


def _is_path(buildspec: Node) -> bool:
    text = buildspec.text
    return text is not None and "\n" not in text and ":" not in text and not text.lstrip().startswith("{")
