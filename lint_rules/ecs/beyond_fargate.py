from collections.abc import Iterator

from aws_facts import facts
from lint_rules.ecs.task import TASK_DEFINITION, containers, is_for_fargate
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class BeyondFargate(Rule):
    """What tasks on Fargate can't have."""

    id = "E9517"
    shortdesc = "Containers on Fargate have no access to a host"
    description = (
        "Fargate hides the host: RegisterTaskDefinition refuses privileged containers, links, devices, shared "
        "memory, folders and volumes of the host, and DNS servers of one's own."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html"
    types = (TASK_DEFINITION,)

    def faults(self, template: View) -> Iterator[Fault]:
        refused = facts("ecs")["fargate"]
        for task in template.resources(TASK_DEFINITION):
            if not is_for_fargate(task):
                continue
            for container in containers(task):
                settings = [container.find(*path.split("/")) for path in refused["container"]]
                for setting in settings:
                    if setting.present and setting.flag is not False and setting.value not in ([], {}, ""):
                        yield fault(setting, f"Containers on Fargate have no {setting.path[-1]}. Leave it out.")
            for volume in task["Volumes"].items:
                for setting in (volume["Host"]["SourcePath"], volume["DockerVolumeConfiguration"]):
                    if setting.present:
                        yield fault(
                            setting, f"Volumes on Fargate have no {setting.path[-1]}. Leave it out, or use EFS."
                        )
