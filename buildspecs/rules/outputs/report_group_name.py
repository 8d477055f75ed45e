import re
from collections.abc import Iterator

from buildspecs.rules.rule import Fault, Rule, at
from buildspecs.rules.subject import Subject

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{1,127}")


class ReportGroupName(Rule):
    """A name that no report group can have."""

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
