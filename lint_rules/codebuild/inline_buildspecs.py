"""Buildspecs that stand in a template, judged by the rules of buildspecs."""

from collections.abc import Iterator

from lint_rules.codebuild.inline import DOCKER, inline_findings
from lint_rules.codebuild.project import PROJECT
from lint_rules.model.rule import Fault, Rule
from lint_rules.model.template import View


class InlineBuildspec(Rule):
    id = "E9224"
    shortdesc = "A buildspec in a template is valid"
    description = (
        "CloudFormation takes any text for a buildspec. What is wrong with it ends a build in "
        "DOWNLOAD_SOURCE, or in the phase it is in. The rules are those of buildspecs in files."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html"
    types = (PROJECT,)

    def faults(self, template: View) -> Iterator[Fault]:
        for _, finding in inline_findings(template):
            if finding.id.startswith("E") and finding.id != DOCKER:
                yield finding.fault


class InlineBuildspecRisk(Rule):
    id = "W9225"
    shortdesc = "A buildspec in a template is safe to run"
    description = (
        "What a buildspec does may work and still lose a failure, wait without end, print a secret or change "
        "from one build to the next. The rules are those of buildspecs in files."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html"
    types = (PROJECT,)

    def faults(self, template: View) -> Iterator[Fault]:
        for _, finding in inline_findings(template):
            if finding.id.startswith("W"):
                yield finding.fault
