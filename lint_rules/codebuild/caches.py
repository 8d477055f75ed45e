"""Caches of builds."""

from collections.abc import Iterator

from lint_rules.codebuild.project import ProjectRule, known, source_type
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import Resource


class IncompleteCache(ProjectRule):
    id = "E9211"
    shortdesc = "A cache needs a place, or modes"
    description = (
        "An S3 cache needs the bucket in Location, a local one at least one mode: CreateProject refuses a cache "
        "without."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/caching-local.html"

    def faults_of(self, project: Resource) -> Iterator[Fault]:
        cache = project["Cache"]
        if cache["Type"].text == "S3" and cache["Location"].absent:
            yield fault(cache, "A cache in S3 needs a Location: a bucket, or bucket/prefix. Add it.")
        if cache["Type"].text == "LOCAL":
            yield from _local(cache)


def _local(cache: Node) -> Iterator[Fault]:
    allowed = known("cache")["modes"]
    if cache["Modes"].absent or cache["Modes"].value == []:
        yield fault(cache, f"A local cache needs Modes: one or more of {', '.join(allowed)}. Add them.")
    for mode in cache["Modes"].items:
        if mode.text is not None and mode.text not in allowed:
            yield fault(mode, f"{mode.text} is not a mode of a local cache. Use one or more of {', '.join(allowed)}.")


class SourceCacheWithoutRepository(ProjectRule):
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
