from collections.abc import Iterator

from lint_rules.codebuild.project import LAMBDA, ProjectRule, environment_type
from lint_rules.model.rule import Fault, fault
from lint_rules.model.template import Resource


class IncompleteNetwork(ProjectRule):
    """A network that is not told in full."""

    id = "E9216"
    shortdesc = "A network needs its VPC, subnets and security groups"
    description = (
        "CreateProject refuses a VpcConfig that lacks one of VpcId, Subnets and SecurityGroupIds. File "
        "systems are reached through it, and only by privileged builds."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/vpc-support.html"

    def faults_of(self, project: Resource) -> Iterator[Fault]:
        network = project["VpcConfig"]
        if network.present and not network.function and network.value != {}:
            for name in ("VpcId", "Subnets", "SecurityGroupIds"):
                if network[name].absent or network[name].value == []:
                    yield fault(network[name], f"VpcConfig lacks {name}. Add it, or leave VpcConfig out.")
        if project["FileSystemLocations"].items and environment_type(project) not in LAMBDA:
            if network.absent:
                yield fault(project["FileSystemLocations"], "A file system is reached through a VPC. Add VpcConfig.")
            privileged = project["Environment"]["PrivilegedMode"]
            if privileged.absent or privileged.flag is False:
                yield fault(
                    project["FileSystemLocations"],
                    "Only privileged builds mount file systems. Set PrivilegedMode to true.",
                )
