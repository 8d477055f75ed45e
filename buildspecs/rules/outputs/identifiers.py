"""Names of artifacts and of report groups."""

import re
from collections.abc import Iterator

from buildspecs.rules.rule import Fault, Rule, at
from buildspecs.rules.subject import Subject

IDENTIFIER = re.compile(r"[A-Za-z0-9_-]+")


class ArtifactIdentifier(Rule):
    id = "E9770"
    shortdesc = "Identifiers of artifacts have letters, digits, - and _"
    description = (
        "Each key of secondary-artifacts is the identifier of an artifact of the project, or the name of the output "
        "artifact of the pipeline's action; CodeBuild allows letters, digits, - and _ there."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/sample-multi-in-out.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for name in subject.buildspec.secondary_artifacts:
            if not IDENTIFIER.fullmatch(name) and "$" not in name:
                sentence = f"'{name}' can not be the identifier of an artifact."
                yield at(subject, ("artifacts", "secondary-artifacts", name), sentence, "Use letters, digits, - and _.")


NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{1,127}")


class ReportGroupName(Rule):
    id = "E9771"
    shortdesc = "A report group is named with letters, digits, - and _, or by its ARN"
    description = (
        "CodeBuild makes the report group PROJECT-NAME when there is none. Its API refuses names with other "
        "characters, and the report is lost when the build has already run."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateReportGroup.html"

    def faults(self, subject: Subject) -> Iterator[Fault]:
        for name in subject.buildspec.reports:
            if not NAME.fullmatch(name) and "$" not in name and not name.startswith("arn:"):
                sentence = f"'{name}' can not be the name of a report group."
                yield at(subject, ("reports", name), sentence, "Use letters, digits, - and _, or give the group's ARN.")
