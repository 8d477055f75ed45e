from collections.abc import Iterator

from lint_rules.codepipeline.structure import PIPELINE, actions
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View

SERVICE = "AWS::ECS::Service"


class DeploymentController(Rule):
    """Deploy actions that the service's deployment controller does not allow."""

    id = "E9146"
    shortdesc = "An ECS action needs a service with the deployment controller ECS"
    description = (
        "An ECS action updates the service itself, which ECS refuses for a service whose controller is "
        "CODE_DEPLOY or EXTERNAL; the action CodeDeployToECS is for the former."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentController.html"
    types = (PIPELINE,)

    def faults(self, template: View) -> Iterator[Fault]:
        for action in actions(template):
            name = action.configuration["ServiceName"]
            service = template.referred(name, SERVICE, name="ServiceName") if action.provider == "ECS" else None
            controller = service["DeploymentController"]["Type"].text if service else None
            if service and controller not in {None, "ECS"}:
                remedy = "Use the provider CodeDeployToECS, or the controller ECS."
                yield fault(name, f"{service.logical_id} has the deployment controller {controller}. {remedy}")
