"""Makes what all services share: network, load balancer, cluster.

Each service's stack imports its parts; it needs the foundation's topic.
Left out when the settings bring a cluster and services of their own.
Look at what may reach the load balancer, and at the ways out of the network.
"""

from troposphere import Output, Ref, Sub, Template

from settings.project import Project
from templates_src.foundation import foundation_stack
from templates_src.names import exported, imported
from templates_src.runtime import insight, load_balancer, network
from templates_src.runtime.https import https
from templates_src.template_assembly import Group, assemble


def stack_name(project: Project) -> str:
    """Return the name of this stack."""
    return f"{project.application}-runtime"


def template(project: Project) -> Template:
    """Make the runtime's template."""
    stack = stack_name(project)
    asked = https()
    surroundings = network.network(project.runtime)
    topic_arn = imported(foundation_stack.stack_name(project), "ReleaseTopicArn")
    balancer = load_balancer.load_balancer(project, surroundings, asked, topic_arn)
    cluster = insight.cluster(project)
    logged = insight.flow_logs(project, surroundings)
    return assemble(
        description=f"{project.application}: network, load balancer and cluster, which the services share",
        application=project.application,
        groups=[Group("Load balancer", asked.questions)],
        conditions=asked.conditions,
        rules=asked.rules,
        resources=[*surroundings.resources, *logged, *balancer.resources, cluster],
        outputs=[
            *network.outputs(surroundings, stack),
            *load_balancer.outputs(balancer, asked, stack),
            exported(stack, "ClusterName", Ref(cluster), "Cluster that the services run in"),
            _console_page(project),
        ],
    )


def _console_page(project: Project) -> Output:
    page = f"https://${{AWS::Region}}.console.aws.amazon.com/ecs/v2/clusters/{project.runtime.cluster}/services"
    return Output(
        "ClusterConsole", Description="The cluster in the console", Value=Sub(f"{page}?region=${{AWS::Region}}")
    )
