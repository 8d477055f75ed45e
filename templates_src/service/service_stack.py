"""Makes what runs one service: its task with two roles and a log group, its target group, rule and alarm.

Its pipeline releases into it and imports the roles of its task; it needs the network, load balancer and cluster of
the runtime, and the foundation's topic.
Look at the two roles of the task, at its security group, and at what keeps tasks from starting.
"""

from troposphere import Template

from settings.project import Project
from settings.service import Service
from templates_src.runtime.https import https
from templates_src.service.ecs_service import ecs_service
from templates_src.service.service_context import service_context
from templates_src.template_assembly import Group, assemble


def stack_name(project: Project, service: Service) -> str:
    """Return the name of this stack."""
    return f"{project.application}-{service.name}"


def template(project: Project, service: Service) -> Template:
    """Make the template of ``service``."""
    asked, has_url = https(), "service-url" in service.environment.values()
    made = ecs_service(service, service_context(project, asked), stack_name(project, service))
    return assemble(
        description=f"{project.application}: service {service.name}, behind the load balancer",
        application=project.application,
        groups=[made.parameters.group, Group("Load balancer", asked.questions_of_service(has_url=has_url))],
        conditions={**asked.conditions_of_service(has_url=has_url), **made.parameters.conditions},
        resources=made.resources,
        outputs=made.outputs,
    )
