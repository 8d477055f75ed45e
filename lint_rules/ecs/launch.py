"""What tasks run on, and what that demands."""

from collections.abc import Iterator

from aws_facts import facts
from lint_rules.ecs.service import SERVICE, is_on_fargate, task_of
from lint_rules.ecs.task import TASK_DEFINITION, containers, is_for_fargate, network_mode
from lint_rules.model.rule import Fault, ResourceRule, Rule, fault
from lint_rules.model.template import Resource, View


class LaunchedTwice(ResourceRule):
    id = "E9508"
    shortdesc = "A service has a launch type or capacity providers"
    description = (
        "Both say where the tasks of a service run: CreateService refuses LaunchType together with "
        "CapacityProviderStrategy, and on Fargate what places tasks on instances, and the strategy DAEMON."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html"
    types = (SERVICE,)

    def faults_of(self, service: Resource) -> Iterator[Fault]:
        if service["LaunchType"].present and service["CapacityProviderStrategy"].items:
            yield fault(
                service["LaunchType"], "CapacityProviderStrategy says where the tasks run. Leave LaunchType out."
            )
        placed = [name for name in ("PlacementConstraints", "PlacementStrategies") if service[name].items]
        for name in placed if is_on_fargate(service) else ():
            yield fault(service[name], f"Tasks on Fargate are not placed by {name}. Leave it out.")
        if is_on_fargate(service) and service["SchedulingStrategy"].text == "DAEMON":
            yield fault(
                service["SchedulingStrategy"],
                "DAEMON runs one task on each instance, and Fargate shows none. Use REPLICA with a DesiredCount.",
            )


class NetworkOfService(Rule):
    id = "E9506"
    shortdesc = "A service has a network of its own in mode awsvpc only"
    description = (
        "CreateService refuses NetworkConfiguration when the tasks are in another mode than awsvpc, and a "
        "public address for tasks on EC2 instances."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking.html"
    types = (SERVICE, TASK_DEFINITION)

    def faults(self, template: View) -> Iterator[Fault]:
        for service in template.resources(SERVICE):
            task, network = task_of(template, service), service["NetworkConfiguration"]
            mode = network_mode(task) if task else ""
            if network.present and mode and mode != "awsvpc":
                yield fault(
                    network, f"Tasks in network mode {mode} have no network of their own. Set NetworkMode to awsvpc."
                )
            public = network["AwsvpcConfiguration"]["AssignPublicIp"]
            if public.text == "ENABLED" and service["LaunchType"].text == "EC2":
                yield fault(
                    public, "Tasks on EC2 instances get no public address. Leave it out, and use a NAT gateway."
                )


class BeyondFargate(Rule):
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
