"""Makes what the services run in: network, load balancer, cluster, and each service with its roles, logs and alarm.

The pipelines release into it and import the roles of its tasks; it needs the foundation's topic.
Left out when the settings bring a cluster and services of their own.
Look at the security groups, at the two roles of each task, and at what keeps tasks from starting.
"""

from troposphere import Output, Sub, Template, ecs

from settings.project import Project
from templates_src.exports import exported, imported
from templates_src.foundation import foundation_stack
from templates_src.interface import Group
from templates_src.runtime import load_balancer as door
from templates_src.runtime.ecs_service import tasks
from templates_src.runtime.network import network
from templates_src.runtime.service_context import ServiceContext
from templates_src.template_assembly import assemble


def stack_name(project: Project) -> str:
    """Return the name of this stack."""
    return f"{project.application}-runtime"


def template(project: Project) -> Template:
    """Make the runtime's template."""
    certificate = door.certificate()
    surroundings = network(project.runtime)
    topic_arn = imported(foundation_stack.stack_name(project), "ReleaseTopicArn")
    load_balancer = door.load_balancer(project, surroundings, certificate, topic_arn)
    cluster = _cluster(project)
    context = ServiceContext(project, cluster, surroundings, load_balancer, topic_arn)
    stack = stack_name(project)
    made = [tasks(service, number, context, stack) for number, service in enumerate(project.services, 1)]
    conditions = {door.HAS_CERTIFICATE: door.has_certificate(certificate)}
    for item in made:
        conditions |= item.questions.conditions
    return assemble(
        description=f"{project.application}: network, load balancer, cluster and the services that run there",
        application=project.application,
        groups=[
            *(item.questions.group for item in made),
            Group("Entrance", {"Which certificate, for HTTPS?": certificate}),
        ],
        conditions=conditions,
        resources=[
            *surroundings.resources,
            *load_balancer.resources,
            cluster,
            *(resource for item in made for resource in item.resources),
        ],
        outputs=[*_outputs(project, cluster), *(output for item in made for output in item.outputs)],
    )


def _cluster(project: Project) -> ecs.Cluster:
    return ecs.Cluster("Cluster", ClusterName=project.runtime.cluster)


def _outputs(project: Project, cluster: ecs.Cluster) -> list[Output]:
    page = f"https://${{AWS::Region}}.console.aws.amazon.com/ecs/v2/clusters/{project.runtime.cluster}/services"
    return [
        exported(stack_name(project), "ClusterArn", cluster.get_att("Arn"), "Cluster that the services run in"),
        Output(
            "ClusterConsole", Description="The cluster in the console", Value=Sub(f"{page}?region=${{AWS::Region}}")
        ),
    ]
