from collections.abc import Iterator

from lint_rules.codebuild.project import ProjectRule
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import Resource


class LayerCacheWithoutPrivileges(ProjectRule):
    """A cache of Docker layers where Docker does not run."""

    id = "W9227"
    shortdesc = "A cache of Docker layers needs privileged mode"
    description = (
        "The layers are kept by the Docker daemon beside the build, which runs in privileged mode alone: "
        "without it the mode does nothing."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/caching-local.html"

    def faults_of(self, project: Resource) -> Iterator[Fault]:
        privileged = project["Environment"]["PrivilegedMode"]
        for mode in project["Cache"]["Modes"].items:
            if mode.text == "LOCAL_DOCKER_LAYER_CACHE" and (privileged.absent or privileged.flag is False):
                yield fault(mode, "No Docker daemon keeps these layers. Set PrivilegedMode to true, or drop the mode.")
