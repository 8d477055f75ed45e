from collections.abc import Iterator

from lint_rules.ecs.task import TASK_DEFINITION, containers, is_complete
from lint_rules.model.rule import Fault, ResourceRule, fault
from lint_rules.model.template import Resource


class UnknownVolume(ResourceRule):
    """A volume that the task does not have."""

    id = "E9516"
    shortdesc = "A container mounts volumes of its task"
    description = (
        "RegisterTaskDefinition refuses a mount of a volume, and volumes from a container, that are not in "
        "the task definition."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_MountPoint.html"
    types = (TASK_DEFINITION,)

    def faults_of(self, task: Resource) -> Iterator[Fault]:
        volumes = {volume["Name"].pattern for volume in task["Volumes"].items}
        names = {container["Name"].pattern for container in containers(task)}
        open_ended = bool(task["Volumes"].function) or any("${" in (name or "${") for name in volumes)
        for container in containers(task):
            for mount in container["MountPoints"].items:
                name = mount["SourceVolume"]
                if name.text is not None and name.text not in volumes and not open_ended:
                    yield fault(name, f"The task has no volume {name.text}. Add it to Volumes.")
            for source in container["VolumesFrom"].items:
                name = source["SourceContainer"]
                if name.text is not None and name.text not in names and is_complete(task):
                    yield fault(name, f"The task has no container {name.text}. Name another, or drop VolumesFrom.")
