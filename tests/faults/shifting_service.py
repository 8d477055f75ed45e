"""A stack with a service of real containers whose deployments shift traffic, and clients that ask it all the time."""

import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from tests.local_aws.cloudformation.stack_driver import StackDriver
from tests.local_aws.cloudformation.test_states import administrator
from tests.local_aws.tasks.probe import BASE
from tests.local_aws_fixture import LocalAws
from tests.support.waiting import until

CLIENTS = 4
SERVER = """
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        is_check = self.path == "/health"
        sick = os.environ.get("HEALTHY") == "no" if is_check else os.environ["SICK"] == "yes"
        self.send_response(500 if sick else 200)
        self.end_headers()
        self.wfile.write(os.environ["VERSION"].encode())
    def log_message(self, *words):
        pass
http.server.ThreadingHTTPServer(("", 8080), Handler).serve_forever()
"""
RIGHTS = [
    "elasticloadbalancing:Describe*",
    "elasticloadbalancing:ModifyRule",
    "elasticloadbalancing:RegisterTargets",
    "elasticloadbalancing:DeregisterTargets",
]


def template(
    name: str,
    version: str,
    configuration: dict[str, Any],
    *,
    sick: bool = False,
    healthy: bool = True,
    rights: list[str] | None = None,
    more: Callable[[str], dict[str, Any]] = lambda _name: {},
) -> dict[str, Any]:
    """Make a service whose deployments are configured so.

    A sick version answers 500 to all but health checks, and to them one that is not healthy.
    ``more`` gives further resources, for the name of all.
    """
    group = {
        "TargetType": "ip",
        "Port": 8080,
        "Protocol": "HTTP",
        "VpcId": {"Ref": "Vpc"},
        "HealthCheckPath": "/health",
        "HealthCheckIntervalSeconds": 5,
        "HealthCheckTimeoutSeconds": 2,
        "TargetGroupAttributes": [{"Key": "deregistration_delay.timeout_seconds", "Value": "1"}],
    }
    weighted = [{"TargetGroupArn": {"Ref": "Blue"}, "Weight": 1}, {"TargetGroupArn": {"Ref": "Green"}, "Weight": 0}]
    balanced: dict[str, Any] = {"ContainerName": "main", "ContainerPort": 8080, "TargetGroupArn": {"Ref": "Blue"}}
    if configuration.get("Strategy", "ROLLING") != "ROLLING":
        balanced["AdvancedConfiguration"] = {
            "AlternateTargetGroupArn": {"Ref": "Green"},
            "ProductionListenerRule": {"Ref": "Rule"},
            "TestListenerRule": {"Ref": "TestRule"},
            "RoleArn": {"Fn::GetAtt": ["Infrastructure", "Arn"]},
        }
    container = {
        "Name": "main",
        "Image": BASE,
        "Command": ["python", "-c", SERVER],
        "PortMappings": [{"ContainerPort": 8080}],
        "Environment": [
            {"Name": "VERSION", "Value": version},
            {"Name": "SICK", "Value": "yes" if sick else "no"},
            {"Name": "HEALTHY", "Value": "yes" if healthy else "no"},
        ],
    }
    allowed = {"Effect": "Allow", "Action": rights or RIGHTS, "Resource": "*"}
    trust = {"Effect": "Allow", "Principal": {"Service": "ecs.amazonaws.com"}, "Action": "sts:AssumeRole"}
    balancing = "AWS::ElasticLoadBalancingV2"
    alarm = {
        "AlarmName": f"{name}-errors",
        "Namespace": "AWS/ApplicationELB",
        "MetricName": "HTTPCode_Target_5XX_Count",
        "Dimensions": [{"Name": "LoadBalancer", "Value": {"Fn::GetAtt": ["Balancer", "LoadBalancerFullName"]}}],
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
    }
    resources: dict[str, Any] = {
        "Vpc": ("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"}),
        "A": ("AWS::EC2::Subnet", {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.1.0/24"}),
        "B": ("AWS::EC2::Subnet", {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.2.0/24"}),
        "Balancer": (f"{balancing}::LoadBalancer", {"Subnets": [{"Ref": "A"}, {"Ref": "B"}]}),
        "Blue": (f"{balancing}::TargetGroup", group),
        "Green": (f"{balancing}::TargetGroup", group),
        "Listener": (
            f"{balancing}::Listener",
            {
                "LoadBalancerArn": {"Ref": "Balancer"},
                "Port": 80,
                "Protocol": "HTTP",
                "DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
            },
        ),
        "Rule": (
            f"{balancing}::ListenerRule",
            {
                "ListenerArn": {"Ref": "Listener"},
                "Priority": 2,
                "Conditions": [{"Field": "path-pattern", "Values": ["/*"]}],
                "Actions": [{"Type": "forward", "ForwardConfig": {"TargetGroups": weighted}}],
            },
        ),
        "TestRule": (
            f"{balancing}::ListenerRule",
            {
                "ListenerArn": {"Ref": "Listener"},
                "Priority": 1,
                "Conditions": [
                    {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "x-try", "Values": ["1"]}}
                ],
                "Actions": [{"Type": "forward", "ForwardConfig": {"TargetGroups": weighted}}],
            },
        ),
        "Infrastructure": (
            "AWS::IAM::Role",
            {
                "AssumeRolePolicyDocument": {"Statement": [trust]},
                "Policies": [{"PolicyName": "traffic", "PolicyDocument": {"Statement": [allowed]}}],
            },
        ),
        "Alarm": ("AWS::CloudWatch::Alarm", alarm),
        "Cluster": ("AWS::ECS::Cluster", {"ClusterName": name}),
        "Definition": (
            "AWS::ECS::TaskDefinition",
            {"Family": name, "Memory": "64", "NetworkMode": "awsvpc", "ContainerDefinitions": [container]},
        ),
        "Service": (
            "AWS::ECS::Service",
            {
                "ServiceName": name,
                "Cluster": {"Ref": "Cluster"},
                "TaskDefinition": {"Ref": "Definition"},
                "DesiredCount": 1,
                "NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": [{"Ref": "A"}, {"Ref": "B"}]}},
                "DeploymentConfiguration": {
                    "Alarms": {"AlarmNames": [f"{name}-errors"], "Enable": True, "Rollback": True},
                    **configuration,
                },
                "LoadBalancers": [balanced],
            },
        ),
    }
    made: dict[str, Any] = {
        key: {"Type": kind, "Properties": properties} for key, (kind, properties) in resources.items()
    }
    made["Service"]["DependsOn"] = ["Rule", "TestRule", "Alarm"]
    made |= more(name)
    outputs = {"Name": {"Fn::GetAtt": ["Balancer", "DNSName"]}, "Rule": {"Ref": "Rule"}, "Blue": {"Ref": "Blue"}}
    return {"Resources": made, "Outputs": {key: {"Value": value} for key, value in outputs.items()}}


@dataclass
class ShiftingService:
    """The service that a stack makes, and its deployments as the API tells of them."""

    stack: StackDriver

    def __post_init__(self) -> None:
        self.ecs = administrator(self.stack.aws, "ecs")

    @property
    def address(self) -> str:
        return f"http://{self.stack.outputs()['Name']}/x"

    def newest(self) -> Any:
        """Describe the newest service deployment."""
        name = self.stack.name
        arn = self.ecs.list_service_deployments(cluster=name, service=name)["serviceDeployments"][0]
        described = self.ecs.describe_service_deployments(serviceDeploymentArns=[arn["serviceDeploymentArn"]])
        return described["serviceDeployments"][0]

    def deploy(self, **variables: str) -> None:
        """Deploy a revision whose container has these variables in place of others, past the stack."""
        name = self.stack.name
        (found,) = self.ecs.describe_services(cluster=name, services=[name])["services"]
        definition = self.ecs.describe_task_definition(taskDefinition=found["taskDefinition"])["taskDefinition"]
        (container,) = definition["containerDefinitions"]
        values = {one["name"]: one["value"] for one in container["environment"]} | variables
        environment = [{"name": key, "value": value} for key, value in values.items()]
        registered = self.ecs.register_task_definition(
            family=name,
            memory="64",
            networkMode="awsvpc",
            containerDefinitions=[{**container, "environment": environment}],
        )
        revision = registered["taskDefinition"]["taskDefinitionArn"]
        self.ecs.update_service(cluster=name, service=name, taskDefinition=revision)

    def wait_for(self, stage: str, share: float) -> None:
        """Wait until the newest deployment is in that stage with that share of the traffic."""

        def there() -> bool:
            found = self.newest()
            weight = found["targetServiceRevision"]["requestedProductionTrafficWeight"]
            return bool((found["lifecycleStage"], weight) == (stage, share))

        until(there, f"{stage} with {share} %")


@dataclass
class Clients:
    """Some that ask all the while: how often each (status, text) came."""

    address: str
    got: Counter[tuple[int, str]] = field(default_factory=Counter)
    stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self.threads = [threading.Thread(target=self._ask) for _ in range(CLIENTS)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_nothing: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def _ask(self) -> None:
        while not self.stop.wait(0.05):
            self.got[self.ask()] += 1

    def ask(self, **headers: str) -> tuple[int, str]:
        """Ask once."""
        request = urllib.request.Request(self.address, headers={"x-try": "0", **headers})  # noqa: S310 - our own load balancer
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - the same
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def failures(self) -> dict[tuple[int, str], int]:
        """Return what was no success."""
        return {answer: number for answer, number in self.got.items() if answer[0] != 200}


@contextmanager
def service(aws: LocalAws, configuration: dict[str, Any], **more: Any) -> Iterator[ShiftingService]:
    """Make the service in its first version; it is gone afterwards."""
    driver = StackDriver(aws, seconds=120)
    capabilities = {"Capabilities": ["CAPABILITY_IAM"]}
    assert driver.create(template(driver.name, "1", configuration, **more), **capabilities) == "CREATE_COMPLETE"
    try:
        yield ShiftingService(driver)
    finally:
        driver.client.delete_stack(StackName=driver.name)


@contextmanager
def updating(made: ShiftingService, configuration: dict[str, Any], version: str, **more: Any) -> Iterator[Future[str]]:
    """Have the stack be updated meanwhile; the future is its status at rest."""
    body = template(made.stack.name, version, configuration, **more)
    with ThreadPoolExecutor(1) as thread:
        yield thread.submit(made.stack.update, body, Capabilities=["CAPABILITY_IAM"])


def awaiting(made: ShiftingService) -> Any:
    """Return the hook that the newest deployment waits at."""
    found: list[Any] = []

    def there() -> bool:
        found[:] = [one for one in made.newest()["lifecycleHookDetails"] if one["status"] == "AWAITING_ACTION"]
        return bool(found)

    until(there, "a pause")
    return found[0]
