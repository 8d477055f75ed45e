import json
from collections.abc import Iterator

from lint_rules.model.node import Node
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View
from lint_rules.s3.access_logs import LOAD_BALANCER


class OneZone(Rule):
    id = "E9523"
    shortdesc = "An application load balancer is in two zones"
    description = "CreateLoadBalancer refuses subnets of one and the same availability zone."
    source_url = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html"
    types = (LOAD_BALANCER, "AWS::EC2::Subnet")

    def faults(self, template: View) -> Iterator[Fault]:
        for balancer in template.resources(LOAD_BALANCER):
            subnets = [template.referred(one, "AWS::EC2::Subnet") for one in balancer["Subnets"].items]
            places = [_zone(subnet["AvailabilityZone"]) for subnet in subnets if subnet]
            application = balancer["Type"].absent or balancer["Type"].text == "application"
            if application and len(places) == len(subnets) > 1 and None not in places and len(set(places)) == 1:
                yield fault(balancer["Subnets"], "These subnets are all in one availability zone. Add one in another.")


def _zone(place: Node) -> str | None:
    if place.text is not None:
        return place.text
    return json.dumps(place.value, default=str) if place.function in {"Fn::Select", "Ref"} else None
