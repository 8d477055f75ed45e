"""E9529 and W9531."""

from collections.abc import Iterator

from lint_rules.ecs.service import SERVICE, strategy
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View

SHIFTING = ("BLUE_GREEN", "CANARY", "LINEAR")


class EarlySuccess(Rule):
    id = "E9529"
    shortdesc = "Criteria of an early success are for rolling deployments"
    description = "ECS takes EarlySuccessCriteria for the strategy ROLLING alone, and refuses it for the others."
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html"
    types = (SERVICE,)

    def faults(self, template: View) -> Iterator[Fault]:
        for service in template.resources(SERVICE):
            criteria = service["DeploymentConfiguration"]["EarlySuccessCriteria"]
            if criteria["Enable"].flag and strategy(service) in SHIFTING:
                yield fault(criteria, f"{strategy(service)} has no early success. Leave EarlySuccessCriteria out.")


class BreakerOfShift(Rule):
    id = "W9531"
    shortdesc = "A circuit breaker guards rolling deployments"
    description = (
        "The circuit breaker counts the failed tasks of rolling deployments. A shift of traffic is guarded by alarms "
        "and hooks, and without them nothing rolls back a version that answers with errors."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html"
    types = (SERVICE,)

    def faults(self, template: View) -> Iterator[Fault]:
        for service in template.resources(SERVICE):
            deployment = service["DeploymentConfiguration"]
            breaker = deployment["DeploymentCircuitBreaker"]
            guarded = deployment["Alarms"].present or deployment["LifecycleHooks"].present
            if breaker["Enable"].flag and strategy(service) in SHIFTING and not guarded:
                yield fault(breaker, f"The circuit breaker does not guard {strategy(service)}. Add Alarms or hooks.")
