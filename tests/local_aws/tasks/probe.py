"""A service of real containers behind its load balancer, and a client that asks it all the time."""

import json
import os
import subprocess
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from tests.local_aws_fixture import LocalAws
from tests.support.roles import allow, role

BASE = "public.ecr.aws/docker/library/python:3.13-slim-bookworm"
SECONDS = 120
TASKS = {"Service": "ecs-tasks.amazonaws.com"}

SERVER = """
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(os.environ["STATUS"]))
        self.end_headers()
        self.wfile.write((os.environ["VERSION"] + os.environ.get("WORD", "")).encode())
    def log_message(self, *words):
        pass
http.server.ThreadingHTTPServer(("", 8080), Handler).serve_forever()
"""
PROBE = "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/')"


def docker(*words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *words], capture_output=True, text=True, check=False, timeout=SECONDS, **more)


PULL = [
    "ecr:GetAuthorizationToken",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "ecr:BatchCheckLayerAvailability",
]
TESTER = ["ecs:*", "ecr:*", "iam:PassRole", "ssm:PutParameter", "elasticloadbalancing:Describe*"]


def template() -> str:
    def subnet(number: int) -> dict[str, Any]:
        zone = {"Fn::Select": [number, {"Fn::GetAZs": ""}]}
        properties = {"VpcId": {"Ref": "Vpc"}, "CidrBlock": f"10.9.{number}.0/24", "AvailabilityZone": zone}
        return {"Type": "AWS::EC2::Subnet", "Properties": properties}

    forward = [{"Type": "forward", "TargetGroupArn": {"Ref": "Targets"}}]
    network = {"AwsvpcConfiguration": {"Subnets": [{"Ref": "A"}, {"Ref": "B"}]}}
    resources: dict[str, Any] = {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/16"}},
        "A": subnet(0),
        "B": subnet(1),
        "Balancer": {
            "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "Properties": {"Subnets": [{"Ref": "A"}, {"Ref": "B"}]},
        },
        "Targets": {
            "Type": "AWS::ElasticLoadBalancingV2::TargetGroup",
            "Properties": {
                "VpcId": {"Ref": "Vpc"},
                "TargetType": "ip",
                "Protocol": "HTTP",
                "Port": 8080,
                "HealthCheckPath": "/",
                "HealthCheckIntervalSeconds": 5,
                "HealthCheckTimeoutSeconds": 2,
                "UnhealthyThresholdCount": 2,
                "TargetGroupAttributes": [{"Key": "deregistration_delay.timeout_seconds", "Value": "1"}],
            },
        },
        "Listener": {
            "Type": "AWS::ElasticLoadBalancingV2::Listener",
            "Properties": {
                "LoadBalancerArn": {"Ref": "Balancer"},
                "Port": 80,
                "Protocol": "HTTP",
                "DefaultActions": forward,
            },
        },
        "Repository": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": "probe"}},
        "Execution": role("execution", allow([*PULL, "ssm:GetParameters"]), principal=TASKS),
        "Blind": role("blind", allow(PULL), principal=TASKS),
        "Tester": role("tester", allow(TESTER)),
        "Cluster": {"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": "probe"}},
        "Definition": {
            "Type": "AWS::ECS::TaskDefinition",
            "Properties": {
                "Family": "probe",
                "ContainerDefinitions": [{"Name": "probe", "Image": "none", "PortMappings": [{"ContainerPort": 8080}]}],
            },
        },
        "Service": {
            "Type": "AWS::ECS::Service",
            "DependsOn": "Listener",
            "Properties": {
                "ServiceName": "probe",
                "Cluster": {"Ref": "Cluster"},
                "TaskDefinition": {"Ref": "Definition"},
                "DesiredCount": 0,
                "LaunchType": "FARGATE",
                "NetworkConfiguration": network,
                "DeploymentConfiguration": {"DeploymentCircuitBreaker": {"Enable": True, "Rollback": True}},
                "LoadBalancers": [
                    {"ContainerName": "probe", "ContainerPort": 8080, "TargetGroupArn": {"Ref": "Targets"}}
                ],
            },
        },
    }
    outputs = {
        "Url": {"Value": {"Fn::Sub": "http://${Balancer.DNSName}"}},
        "Uri": {"Value": {"Fn::GetAtt": ["Repository", "RepositoryUri"]}},
    }
    return json.dumps({"Resources": resources, "Outputs": outputs})


@dataclass
class Probe:
    """The service under test, driven by its API."""

    ecs: Any
    balancers: Any
    image: str
    url: str

    def definition(self, version: str, status: int = 200, role: str = "execution", word: str = "/probe/word") -> str:
        container = {
            "name": "probe",
            "image": self.image,
            "essential": True,
            "portMappings": [{"containerPort": 8080}],
            "environment": [{"name": "VERSION", "value": version}, {"name": "STATUS", "value": str(status)}],
            "secrets": [{"name": "WORD", "valueFrom": word}],
            "entryPoint": ["python", "-c"],
            "command": [SERVER],
            "user": "1000",
            "readonlyRootFilesystem": True,
            "healthCheck": {"command": ["CMD", "python", "-c", PROBE], "interval": 5, "timeout": 4, "retries": 2},
        }
        registered = self.ecs.register_task_definition(
            family="probe",
            cpu="256",
            memory="128",
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            executionRoleArn=f"arn:aws:iam::000000000000:role/{role}",
            containerDefinitions=[container],
        )
        return str(registered["taskDefinition"]["taskDefinitionArn"])

    def deploy(self, definition: str, count: int = 1) -> None:
        self.ecs.update_service(cluster="probe", service="probe", taskDefinition=definition, desiredCount=count)

    def service(self) -> dict[str, Any]:
        found: dict[str, Any] = self.ecs.describe_services(cluster="probe", services=["probe"])["services"][0]
        return found

    def state(self) -> tuple[str, int]:
        primary = next(one for one in self.service()["deployments"] if one["status"] == "PRIMARY")
        return primary["rolloutState"], primary["runningCount"]

    def targets(self) -> int:
        """Tell to how many tasks the load balancer sends requests."""
        (group,) = self.balancers.describe_target_groups()["TargetGroups"]
        health = self.balancers.describe_target_health(TargetGroupArn=group["TargetGroupArn"])
        return len(health["TargetHealthDescriptions"])

    def stopped_reasons(self) -> list[str]:
        arns = self.ecs.list_tasks(cluster="probe", desiredStatus="STOPPED")["taskArns"]
        tasks = self.ecs.describe_tasks(cluster="probe", tasks=arns)["tasks"] if arns else []
        return [task.get("stoppedReason", "") for task in tasks]

    def get(self) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.url, timeout=5) as answer:  # noqa: S310 - our own load balancer
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


@dataclass
class Poller:
    """A client that asks again and again, and keeps what it got; ``pause`` in seconds."""

    probe: Probe
    pause: float = 0.5
    got: list[tuple[int, str]] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self.thread = threading.Thread(target=self._ask)
        self.thread.start()
        return self

    def __exit__(self, *_nothing: object) -> None:
        self.stop.set()
        self.thread.join()

    def _ask(self) -> None:
        while not self.stop.wait(self.pause):
            self.got.append(self.probe.get())


def push(aws: LocalAws, key: tuple[str, str, str], image: str, folder: Path) -> None:
    import base64  # noqa: PLC0415 - used by this one step

    token = aws.client("ecr", key).get_authorization_token()["authorizationData"][0]["authorizationToken"]
    password = base64.b64decode(token).decode().partition(":")[2]
    environment = {**os.environ, "DOCKER_CONFIG": str(folder)}
    login = docker(
        "login", "--username", "AWS", "--password-stdin", image.partition("/")[0], input=password, env=environment
    )
    assert login.returncode == 0, login.stderr
    assert docker("tag", BASE, image).returncode == 0
    pushed = docker("push", "--quiet", image, env=environment)
    assert pushed.returncode == 0, pushed.stderr
    docker("rmi", image)
