"""Makes what the build of the action Verify is told, and what it may do: ask the service what anybody may ask.

It runs after the deployment. Look at the rights: beside its log, its source and its reports, it may see how many tasks
the service is to have, for a service that is to have none answers nothing.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from awacs.aws import Statement
from troposphere import AWSHelperFn, Equals, If, Not, Parameter, Ref

from settings.delivery import Build, Delivery
from settings.project import Project
from settings.service import Service
from templates_src import arns, permissions
from templates_src.names import imported, pascal
from templates_src.runtime import https, runtime_stack
from templates_src.template_assembly import Group


@dataclass(frozen=True)
class Address:
    """Where the service answers, and what the template asks for to know it."""

    value: AWSHelperFn
    groups: Sequence[Group]
    conditions: dict[str, AWSHelperFn]


def address(project: Project, service: Service) -> Address | None:
    """Return where ``service`` answers; None where nothing asks."""
    if service.delivered.verification is None:
        return None
    given = _parameter(service, known=project.runtime.wanted)
    question = Group("Address", {f"Where does {service.name} answer?": given})
    if not project.runtime.wanted:
        return Address(Ref(given), [question], {})
    asked, has_url = https.https(), f"Has{given.title}"
    own = https.url(asked, imported(runtime_stack.stack_name(project), "LoadBalancerDnsName"))
    return Address(
        If(has_url, Ref(given), own),
        [question, Group("Load balancer", asked.questions_of_service(has_url=True))],
        {has_url: Not(Equals(Ref(given), "")), **asked.conditions_of_service(has_url=True)},
    )


def _parameter(service: Service, *, known: bool) -> Parameter:
    """Ask for the address; ``known`` where there is one of the load balancer's."""
    return Parameter(
        f"{pascal(service.name)}Url",
        Type="String",
        AllowedPattern=rf"{'|' if known else ''}https?://[^\s/]+",
        ConstraintDescription=f"must be an address such as https://api.example.com{', or empty' if known else ''}",
        Description=f"Where {service.name} is verified"
        + ("; at the domain, or else the load balancer's own address, if empty." if known else "."),
        **({"Default": ""} if known else {}),
    )


def build(delivery: Delivery) -> Build:
    """Return the project's settings."""
    wanted = delivery.verification
    return Build(wanted.buildspec if wanted else "", wanted.timeout_minutes if wanted else 0, containers=False)


def variables(project: Project, service: Service, where: Address | None) -> dict[str, Any]:
    """Return what the build wants to know."""
    wanted = service.delivered.verification
    if wanted is None or where is None:
        return {}
    return {
        "CLUSTER": project.runtime.cluster,
        "SERVICE": service.name,
        "SERVICE_URL": where.value,
        "REQUESTS": json.dumps([asdict(one) for one in wanted.requests], separators=(",", ":")),
        "MOST_SECONDS": str(wanted.within_seconds),
        **({"OPENAPI_PATH": wanted.openapi} if wanted.openapi else {}),
    }


def rights(project: Project, service: Service) -> Sequence[Statement]:
    """Return what the build may do."""
    return [permissions.see_service(arns.ecs_service(project.runtime.cluster, service.name))]
