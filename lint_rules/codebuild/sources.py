"""What a project builds, and what belongs to its repository."""

import re
from collections.abc import Iterator

from lint_rules.codebuild.project import PIPELINE_SOURCE, ProjectRule, known, source_type, source_type_of
from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import Resource


class SourceWithoutLocation(ProjectRule):
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


class StatusOfOtherSource(ProjectRule):
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


class BadgeWithoutRepository(ProjectRule):
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


class ArtifactsOfPipeline(ProjectRule):
    id = "E9201"
    shortdesc = "Source and artifacts are both CODEPIPELINE, or neither is"
    description = (
        "CreateProject refuses a project whose source comes from a pipeline while its artifacts go elsewhere, "
        "and one whose artifacts go to a pipeline while its source comes from elsewhere."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectArtifacts.html"

    def faults_of(self, project: Resource) -> Iterator[Fault]:
        source, artifacts = project["Source"]["Type"], project["Artifacts"]["Type"]
        given, taken = (source.text or "").upper(), (artifacts.text or "").upper()
        if not given or not taken:
            return
        if given == PIPELINE_SOURCE != taken:
            yield fault(artifacts, f"The source is CODEPIPELINE, the artifacts are {taken}. Make both CODEPIPELINE.")
        if taken == PIPELINE_SOURCE != given:
            yield fault(source, f"The artifacts are CODEPIPELINE, the source is {given}. Make both CODEPIPELINE.")


_IDENTIFIER = re.compile(r"[A-Za-z0-9_]{1,127}")


class IdentifierOfSecondary(ProjectRule):
    id = "E9218"
    shortdesc = "Each secondary source and artifact has an identifier of its own"
    description = (
        "The build finds a secondary source under CODEBUILD_SRC_DIR_ and its identifier, and the build "
        "specification names artifacts by theirs: CreateProject refuses one without, and two of one name."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/sample-multi-in-out.html"

    def faults_of(self, project: Resource) -> Iterator[Fault]:
        for group, key in (("SecondarySources", "SourceIdentifier"), ("SecondaryArtifacts", "ArtifactIdentifier")):
            seen: set[str] = set()
            for member in project[group].items:
                name = member[key].text
                if member[key].absent and not member.function:
                    yield fault(member, f"A member of {group} needs a {key}: letters, digits and underscores. Add it.")
                elif name is not None and not _IDENTIFIER.fullmatch(name):
                    yield fault(member[key], f"{name} is not a valid {key}: it takes letters, digits and underscores.")
                elif name is not None and name in seen:
                    yield fault(member[key], f"{name} is the {key} of two members of {group}. Rename one.")
                seen.add(name or "")
