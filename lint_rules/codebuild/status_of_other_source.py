from collections.abc import Iterator

from lint_rules.codebuild.project import ProjectRule, known, source_type_of
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import Resource


class StatusOfOtherSource(ProjectRule):
    """Reporting the status of a build to a source that takes none."""

    id = "E9205"
    shortdesc = "Only GitHub, GitLab and Bitbucket take the status of a build"
    description = (
        "CodeBuild refuses ReportBuildStatus and BuildStatusConfig on sources of other types. A pipeline's "
        "status is reported by the pipeline."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectSource.html"

    def faults_of(self, project: Resource) -> Iterator[Fault]:
        for source in (project["Source"], *project["SecondarySources"].items):
            kind = source_type_of(source)
            if source["ReportBuildStatus"].flag and kind and kind not in known("sources")["status"]:
                allowed = ", ".join(known("sources")["status"])
                yield fault(
                    source["ReportBuildStatus"],
                    f"A source of type {kind} takes no build status: only {allowed} do. Leave it out.",
                )
