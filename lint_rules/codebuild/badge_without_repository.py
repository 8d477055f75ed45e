from collections.abc import Iterator

from lint_rules.codebuild.project import ProjectRule, known, source_type
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import Resource


class BadgeWithoutRepository(ProjectRule):
    """A badge for a source that is no repository."""

    id = "E9202"
    shortdesc = "A build badge needs a source that is a repository"
    description = (
        "A badge shows the builds of a branch, so CodeBuild refuses BadgeEnabled when the source is a "
        "pipeline, a bucket, or nothing."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-badges.html"

    def faults_of(self, project: Resource) -> Iterator[Fault]:
        kind = source_type(project)
        if project["BadgeEnabled"].flag and kind and kind not in known("sources")["git"]:
            yield fault(
                project["BadgeEnabled"],
                f"A source of type {kind} has no badge. Leave BadgeEnabled out, or build from the repository.",
            )
