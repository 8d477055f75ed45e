"""Makes how requests reach a service: its security group, its target group, and the rule that sends them."""

from troposphere import Ref, ec2
from troposphere import elasticloadbalancingv2 as elb

from settings.service import HTTPS, Service
from templates_src.names import pascal
from templates_src.runtime.network import ANYWHERE
from templates_src.security_group_rules import tcp
from templates_src.service.service_context import ServiceContext


def security_group(service: Service, context: ServiceContext) -> ec2.SecurityGroup:
    """Make the security group of the service's tasks."""
    return ec2.SecurityGroup(
        f"{pascal(service.name)}SecurityGroup",
        GroupDescription=f"Lets the load balancer alone reach the tasks of {service.name}",
        VpcId=context.vpc_id,
        SecurityGroupIngress=[
            tcp("From the load balancer", service.port, SourceSecurityGroupId=context.load_balancer_group)
        ],
        SecurityGroupEgress=[tcp(_reached(port), port, CidrIp=ANYWHERE) for port in service.outbound_ports],
    )


def _reached(port: int) -> str:
    return "To registry, logs and parameters" if port == HTTPS else f"To port {port} of what the service uses"


def target_groups(service: Service, context: ServiceContext) -> tuple[elb.TargetGroup, ...]:
    """Make the groups of tasks that the load balancer sends requests to: two where deployments shift traffic."""
    titles = ("TargetGroup", "AlternateTargetGroup") if service.rollout.shifts_traffic else ("TargetGroup",)
    return tuple(_target_group(service, context, f"{pascal(service.name)}{title}") for title in titles)


def _target_group(service: Service, context: ServiceContext, title: str) -> elb.TargetGroup:
    return elb.TargetGroup(
        title,
        VpcId=context.vpc_id,
        TargetType="ip",
        Protocol="HTTP",
        Port=service.port,
        HealthCheckPath=service.health_check_path,
        HealthCheckIntervalSeconds=10,
        HealthCheckTimeoutSeconds=5,
        HealthyThresholdCount=2,
        UnhealthyThresholdCount=3,
        Matcher=elb.Matcher(HttpCode="200"),
        TargetGroupAttributes=[
            elb.TargetGroupAttribute(Key="deregistration_delay.timeout_seconds", Value=str(service.drain_seconds))
        ],
    )


def listener_rule(service: Service, groups: tuple[elb.TargetGroup, ...], context: ServiceContext) -> elb.ListenerRule:
    """Send the requests that match the service's paths to its tasks; of two rules the lower priority decides.

    With two groups all go to the first one, until ECS changes the weights: what is written here is the begin alone.
    """
    if len(groups) == 1:
        forward = elb.ListenerRuleAction(Type="forward", TargetGroupArn=Ref(groups[0]))
    else:
        tuples = [
            elb.TargetGroupTuple(TargetGroupArn=Ref(group), Weight=weight)
            for group, weight in zip(groups, (1, 0), strict=True)
        ]
        forward = elb.ListenerRuleAction(Type="forward", ForwardConfig=elb.ForwardConfig(TargetGroups=tuples))
    return elb.ListenerRule(
        f"{pascal(service.name)}ListenerRule",
        ListenerArn=context.listener,
        Priority=service.priority,
        Conditions=[
            elb.Condition(
                Field="path-pattern", PathPatternConfig=elb.PathPatternConfig(Values=list(service.path_patterns))
            )
        ],
        Actions=[forward],
    )
