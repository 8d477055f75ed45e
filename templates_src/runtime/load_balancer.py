"""Makes the load balancer: HTTPS with everything else sent there, or plain HTTP where that is asked for.

Services hang their rules on its listener; it needs the network.
What no service's rule matches gets 404. Look at what may reach it: the whole world, on the ports that it listens on.
"""

from dataclasses import dataclass

from troposphere import AWSHelperFn, AWSObject, GetAtt, If, Output, Ref, cloudwatch, ec2
from troposphere import elasticloadbalancingv2 as elb

from settings.project import Project
from settings.service import HIGHEST_PORT, LOWEST_PORT
from templates_src.foundation import foundation_stack
from templates_src.foundation.log_delivery import BALANCER_PREFIX
from templates_src.names import exported, imported
from templates_src.runtime import https
from templates_src.runtime.https import HAS_HTTPS, Https
from templates_src.runtime.network import ANYWHERE, Network
from templates_src.security_group_rules import tcp

HTTP, HTTPS = 80, 443
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html"""


@dataclass(frozen=True)
class LoadBalancer:
    """The load balancer's parts that services refer to, and all of its resources in reading order."""

    load_balancer: elb.LoadBalancer
    security_group: ec2.SecurityGroup
    http: elb.Listener
    https: elb.Listener
    """There is none with plain HTTP."""
    resources: tuple[AWSObject, ...]


def load_balancer(project: Project, network: Network, asked: Https, topic_arn: AWSHelperFn) -> LoadBalancer:
    """Make the load balancer in the public subnets of ``network``; what goes wrong is announced on the topic."""
    group = _security_group(project, network)
    balancer = _load_balancer(project, network, group)
    http, encrypted = _http_listener(balancer), _https_listener(balancer, asked)
    named = https.resources(asked, balancer)
    return LoadBalancer(
        load_balancer=balancer,
        security_group=group,
        http=http,
        https=encrypted,
        resources=(group, balancer, *named, http, encrypted, _error_alarm(project, balancer, topic_arn)),
    )


def outputs(made: LoadBalancer, asked: Https, stack: str) -> list[Output]:
    """Make the outputs of the load balancer, most of which services import."""
    encrypted = exported(stack, "HttpsListenerArn", Ref(made.https), "Listener for HTTPS, which services add rules to")
    encrypted.properties["Condition"] = HAS_HTTPS
    balancer, group = made.load_balancer, made.security_group
    return [
        # Not exported: it changes with domain and certificate, and an export in use can't.
        Output("Url", Description="Where the services answer", Value=https.url(asked, GetAtt(balancer, "DNSName"))),
        exported(stack, "LoadBalancerDnsName", GetAtt(balancer, "DNSName"), "The load balancer's own address"),
        exported(stack, "LoadBalancerZoneId", GetAtt(balancer, "CanonicalHostedZoneID"), "Its zone, for alias records"),
        exported(stack, "LoadBalancerFullName", GetAtt(balancer, "LoadBalancerFullName"), "Its name in metrics"),
        exported(stack, "LoadBalancerSecurityGroupId", GetAtt(group, "GroupId"), "What tasks accept requests from"),
        exported(stack, "HttpListenerArn", Ref(made.http), "Listener for HTTP, which services add rules to"),
        encrypted,
    ]


def _security_group(project: Project, network: Network) -> ec2.SecurityGroup:
    return ec2.SecurityGroup(
        "LoadBalancerSecurityGroup",
        GroupDescription="Lets the world reach the load balancer, and the load balancer reach the tasks",
        VpcId=Ref(network.vpc),
        SecurityGroupIngress=[
            tcp("HTTP from anywhere", HTTP, CidrIp=ANYWHERE),
            If(HAS_HTTPS, tcp("HTTPS from anywhere", HTTPS, CidrIp=ANYWHERE), Ref("AWS::NoValue")),
        ],
        SecurityGroupEgress=[tcp("To the tasks", LOWEST_PORT, HIGHEST_PORT, CidrIp=project.runtime.network)],
    )


def _load_balancer(project: Project, network: Network, group: ec2.SecurityGroup) -> elb.LoadBalancer:
    return elb.LoadBalancer(
        "LoadBalancer",
        DependsOn=[network.public_route_out.title],
        Type="application",
        Scheme="internet-facing",
        Subnets=[Ref(subnet) for subnet in network.public_subnets],
        SecurityGroups=[Ref(group)],
        LoadBalancerAttributes=[
            elb.LoadBalancerAttributes(Key="routing.http.drop_invalid_header_fields.enabled", Value="true"),
            elb.LoadBalancerAttributes(Key="idle_timeout.timeout_seconds", Value="60"),
            *(_access_logs(project) if project.runtime.access_logs else []),
        ],
    )


def _access_logs(project: Project) -> list[elb.LoadBalancerAttributes]:
    values = {
        "enabled": "true",
        "bucket": imported(foundation_stack.stack_name(project), "AccessLogBucketName"),
        "prefix": BALANCER_PREFIX,
    }
    return [elb.LoadBalancerAttributes(Key=f"access_logs.s3.{key}", Value=value) for key, value in values.items()]


def _http_listener(balancer: elb.LoadBalancer) -> elb.Listener:
    to_https = elb.Action(
        Type="redirect",
        RedirectConfig=elb.RedirectConfig(Protocol="HTTPS", Port=str(HTTPS), StatusCode="HTTP_301"),
    )
    return elb.Listener(
        "HttpListener",
        LoadBalancerArn=Ref(balancer),
        Port=HTTP,
        Protocol="HTTP",
        DefaultActions=[If(HAS_HTTPS, to_https, _not_found())],
    )


def _https_listener(balancer: elb.LoadBalancer, asked: Https) -> elb.Listener:
    return elb.Listener(
        "HttpsListener",
        Condition=HAS_HTTPS,
        LoadBalancerArn=Ref(balancer),
        Port=HTTPS,
        Protocol="HTTPS",
        SslPolicy=TLS_POLICY,
        Certificates=[elb.Certificate(CertificateArn=https.certificate_in_use(asked))],
        DefaultActions=[_not_found()],
    )


def _not_found() -> elb.Action:
    return elb.Action(
        Type="fixed-response",
        FixedResponseConfig=elb.FixedResponseConfig(
            StatusCode="404", ContentType="application/json", MessageBody='{"error": "no service answers at this path"}'
        ),
    )


def _error_alarm(project: Project, balancer: elb.LoadBalancer, topic_arn: AWSHelperFn) -> cloudwatch.Alarm:
    return cloudwatch.Alarm(
        "ErrorAlarm",
        AlarmName=f"{project.application}-errors",
        AlarmDescription="The load balancer itself answered ten requests or more with 5xx in five minutes",
        Namespace="AWS/ApplicationELB",
        MetricName="HTTPCode_ELB_5XX_Count",
        Dimensions=[cloudwatch.MetricDimension(Name="LoadBalancer", Value=GetAtt(balancer, "LoadBalancerFullName"))],
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=10,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="notBreaching",
        AlarmActions=[topic_arn],
        OKActions=[topic_arn],
    )
