import re
from collections.abc import Iterator

from lint_rules.codebuild.project import ProjectRule
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import Resource

_IDENTIFIER = re.compile(r"[A-Za-z0-9_]{1,127}")


class IdentifierOfSecondary(ProjectRule):
    """Secondary sources and artifacts without a name of their own."""

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
