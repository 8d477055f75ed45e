"""How a deployment ends: with alarms that know nothing, rolled back twice, or too early."""

from collections.abc import Iterator

from lint_rules.codepipeline.structure import PIPELINE, pipelines
from lint_rules.ecs.service import SERVICE, strategy
from lint_rules.model.rule import Fault, Rule, fault
from lint_rules.model.template import View

ALARM = "AWS::CloudWatch::Alarm"


class AlarmWithoutData(Rule):
    id = "W9533"
    shortdesc = "An alarm of a deployment is quiet where there is no data"
    description = (
        "An alarm that is in ALARM when a deployment starts is ignored for all of it. One that takes missing data for "
        "breaching goes off whenever the service has no requests, and then rolls back a good deployment, "
        "or guards nothing."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html"
    types = (SERVICE, ALARM)

    def faults(self, template: View) -> Iterator[Fault]:
        for service in template.resources(SERVICE):
            for name in service["DeploymentConfiguration"]["Alarms"]["AlarmNames"].items:
                alarm = template.referred(name, ALARM, name="AlarmName")
                if alarm and alarm["TreatMissingData"].text == "breaching":
                    sentence = (
                        f"{alarm.logical_id} takes missing data for breaching. Write TreatMissingData: notBreaching."
                    )
                    yield fault(name, sentence)


class RolledBackTwice(Rule):
    id = "W9534"
    shortdesc = "A failed shift of traffic is rolled back once"
    description = (
        "ECS itself moves traffic back when a shift fails. OnFailure: ROLLBACK of the stage then starts another "
        "deployment, of the artifacts before: traffic is shifted a second time."
    )
    source_url = "https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback.html"
    types = (PIPELINE, SERVICE)

    def faults(self, template: View) -> Iterator[Fault]:
        for pipeline in pipelines(template):
            for stage in pipeline.stages:
                result = stage.node["OnFailure"]["Result"]
                names = [one.configuration["ServiceName"] for one in stage.actions if one.provider == "ECS"]
                services = [template.referred(name, SERVICE, name="ServiceName") for name in names]
                shifting = [one for one in services if one and strategy(one) in SHIFTING]
                if shifting and result.text == "ROLLBACK":
                    yield fault(result, f"ECS rolls {shifting[0].logical_id} back itself. Leave OnFailure out.")


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
