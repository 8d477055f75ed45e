from collections.abc import Iterator

from lint_rules.codebuild.inline import DOCKER, inline_findings
from lint_rules.codebuild.project import PROJECT
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class DockerWithoutPrivileges(Rule):
    """Docker in a project that is not privileged."""

    id = "E9223"
    shortdesc = "A project whose commands use Docker is privileged"
    description = (
        "Outside privileged mode no Docker daemon runs beside the build, and docker build, run, pull and push "
        "end with: Cannot connect to the Docker daemon."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/troubleshooting.html#troubleshooting-cannot-connect-to-docker-daemon"
    types = (PROJECT,)

    def faults(self, template: View) -> Iterator[Fault]:
        for project, finding in inline_findings(template):
            if finding.id == DOCKER:
                yield fault(
                    project["Environment"]["PrivilegedMode"],
                    f"Line {finding.line} of the buildspec uses Docker, which needs privileged mode. "
                    "Set PrivilegedMode to true.",
                )
