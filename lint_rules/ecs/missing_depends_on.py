"""E9505."""

from collections.abc import Iterator

from lint_rules.ecs.service import SERVICE, TARGET_GROUP
from lint_rules.load_balancing.attachment import ATTACHING, attached, before, others_may_attach
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View


class ListenerComesLater(Rule):
    """A service that may be made before its target group has a listener."""

    id = "E9505"
    shortdesc = "A service waits for the listener of its target group"
    description = (
        "CreateService refuses a target group that no load balancer uses yet. CloudFormation makes the "
        "listener at the same time as the service unless the service depends on it: the stack then fails, or "
        "not, by chance."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html"
    types = (SERVICE, TARGET_GROUP, *ATTACHING)

    def faults(self, template: View) -> Iterator[Fault]:
        """See the class."""
        for service in template.resources(SERVICE):
            waits_for: set[str] | None = None
            for balancer in service["LoadBalancers"].items:
                group = template.referred(balancer["TargetGroupArn"], TARGET_GROUP, name="Name")
                if group is None:
                    continue
                waits_for = before(template, service) if waits_for is None else waits_for
                attaching = attached(template, group)
                place = balancer["TargetGroupArn"]
                if attaching and not waits_for.intersection(attaching):
                    names = " or ".join(sorted(attaching))
                    yield fault(
                        place, f"{service.logical_id} may be made before {names}. Add DependsOn: {min(attaching)}."
                    )
                elif not attaching and not others_may_attach(template, group):
                    yield fault(
                        place, f"No listener forwards to {group.logical_id}. Add one, and let the service depend on it."
                    )
