"""Makes what runs one service: its task with two roles and a log group, its target group, rule and alarm.

Its pipeline releases into it and imports the roles of its task; it needs the network, load balancer and cluster of
the runtime, and the foundation's topic.
Look at the two roles of the task, at its security group, and at what keeps tasks from starting.
"""

from troposphere import Template

from settings.project import Project
from settings.service import Service
from templates_src.interface import Group
from templates_src.runtime import load_balancer
from templates_src.service.ecs_service import ecs_service
from templates_src.service.service_context import service_context
from templates_src.template_assembly import assemble


def stack_name(project: Project, service: Service) -> str:
    """Return the name of this stack."""
    return f"{project.application}-{service.name}"


def template(project: Project, service: Service) -> Template:
    """Make the template of ``service``."""
    certificate = load_balancer.certificate()
    made = ecs_service(service, service_context(project), stack_name(project, service))
    return assemble(
        description=f"{project.application}: service {service.name}, behind the load balancer",
        application=project.application,
        groups=[
            made.parameters.group,
            Group("Load balancer", {"Which certificate does the load balancer have?": certificate}),
        ],
        conditions={
            load_balancer.HAS_CERTIFICATE: load_balancer.has_certificate(certificate),
            **made.parameters.conditions,
        },
        resources=made.resources,
        outputs=made.outputs,
    )
