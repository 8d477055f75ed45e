from collections.abc import Iterator

from lint_rules.codebuild.project import ProjectRule
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import Resource


class PublicBuildsWithoutRole(ProjectRule):
    """Public builds of which nobody sees anything."""

    id = "W9217"
    shortdesc = "Public builds need a role that reads their logs"
    description = (
        "CodeBuild shows logs and artifacts of public builds with the rights of ResourceAccessRole. Without "
        "it the public page of a build has neither."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/public-builds.html"

    def faults_of(self, project: Resource) -> Iterator[Fault]:
        if project["Visibility"].text == "PUBLIC_READ" and project["ResourceAccessRole"].absent:
            yield fault(project["Visibility"], "The builds are public, their logs are not. Add ResourceAccessRole.")
