from collections.abc import Iterator

from lint_rules.codebuild.project import ProjectRule, known, source_type
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import Resource


class SourceCacheWithoutRepository(ProjectRule):
    """A cache of git data where there is no git."""

    id = "W9212"
    shortdesc = "A source cache does nothing without a repository"
    description = (
        "LOCAL_SOURCE_CACHE keeps git data between builds. A source that comes as an archive, as a pipeline's "
        "does, has none, and CodeBuild ignores the mode."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/caching-local.html"

    def faults_of(self, project: Resource) -> Iterator[Fault]:
        kind = source_type(project)
        for mode in project["Cache"]["Modes"].items:
            if (
                mode.text == "LOCAL_SOURCE_CACHE"
                and kind
                and kind not in known("sources")["git"]
                and not _others(project)
            ):
                yield fault(
                    mode, f"A source of type {kind} is not a git repository, so this cache stays empty. Drop the mode."
                )


def _others(project: Resource) -> bool:
    return project["SecondarySources"].present
