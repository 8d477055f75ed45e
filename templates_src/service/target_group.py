"""Makes how requests reach a service: its security group, its target group, the rule that sends them, and an alarm."""

from troposphere import GetAtt, Ref, cloudwatch, ec2
from troposphere import elasticloadbalancingv2 as elb

from settings.service import Service
from templates_src.logical_ids import pascal
from templates_src.runtime.network import ANYWHERE
from templates_src.service.service_context import ServiceContext


def security_group(service: Service, context: ServiceContext) -> ec2.SecurityGroup:
    """Make the security group of the service's tasks."""
    return ec2.SecurityGroup(
        f"{pascal(service.name)}SecurityGroup",
        GroupDescription=f"Lets the load balancer alone reach the tasks of {service.name}",
        VpcId=context.vpc_id,
        SecurityGroupIngress=[
            ec2.SecurityGroupRule(
                Description="From the load balancer",
                IpProtocol="tcp",
                FromPort=service.port,
                ToPort=service.port,
                SourceSecurityGroupId=context.load_balancer_group,
            )
        ],
        SecurityGroupEgress=[
            ec2.SecurityGroupRule(
                Description="To registry, logs, parameters, database", IpProtocol="-1", CidrIp=ANYWHERE
            )
        ],
    )


def target_group(service: Service, context: ServiceContext) -> elb.TargetGroup:
    """Make the group of tasks that the load balancer sends requests to."""
    return elb.TargetGroup(
        f"{pascal(service.name)}TargetGroup",
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


def listener_rule(service: Service, targets: elb.TargetGroup, context: ServiceContext) -> elb.ListenerRule:
    """Send the requests that match the service's paths to its tasks; of two rules the lower priority decides."""
    return elb.ListenerRule(
        f"{pascal(service.name)}ListenerRule",
        ListenerArn=context.listener,
        Priority=service.priority,
        Conditions=[
            elb.Condition(
                Field="path-pattern", PathPatternConfig=elb.PathPatternConfig(Values=list(service.path_patterns))
            )
        ],
        Actions=[elb.ListenerRuleAction(Type="forward", TargetGroupArn=Ref(targets))],
    )


def unhealthy_alarm(service: Service, targets: elb.TargetGroup, context: ServiceContext) -> cloudwatch.Alarm:
    """Make the alarm that tells of tasks which stay unhealthy."""
    return cloudwatch.Alarm(
        f"{pascal(service.name)}UnhealthyAlarm",
        AlarmName=f"{context.project.application}-{service.name}-unhealthy",
        AlarmDescription=f"A task of {service.name} has failed its health check for five minutes",
        Namespace="AWS/ApplicationELB",
        MetricName="UnHealthyHostCount",
        Dimensions=[
            cloudwatch.MetricDimension(Name="LoadBalancer", Value=context.load_balancer_name),
            cloudwatch.MetricDimension(Name="TargetGroup", Value=GetAtt(targets, "TargetGroupFullName")),
        ],
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=5,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="notBreaching",
        AlarmActions=[context.topic_arn],
        OKActions=[context.topic_arn],
    )
