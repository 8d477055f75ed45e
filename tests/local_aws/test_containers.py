"""A service of real containers behind its load balancer: healthy, replaced without a gap, and rolled back."""

import json
import os
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pytest

from tests.local_aws_fixture import LocalAws, local_aws_in

BASE = "public.ecr.aws/docker/library/python:3.13-slim-bookworm"
SECONDS = 120

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


def _docker(*words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *words], capture_output=True, text=True, check=False, timeout=SECONDS, **more)


def _trust(principal: dict[str, str]) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]}


def _role(name: str, principal: dict[str, str], actions: list[str]) -> dict[str, Any]:
    document = {"Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
    properties = {
        "RoleName": name,
        "AssumeRolePolicyDocument": _trust(principal),
        "Policies": [{"PolicyName": "all", "PolicyDocument": document}],
    }
    return {"Type": "AWS::IAM::Role", "Properties": properties}


PULL = [
    "ecr:GetAuthorizationToken",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "ecr:BatchCheckLayerAvailability",
]
TESTER = ["ecs:*", "ecr:*", "iam:PassRole", "ssm:PutParameter"]


def _template() -> str:
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
        "Execution": _role("execution", {"Service": "ecs-tasks.amazonaws.com"}, [*PULL, "ssm:GetParameters"]),
        "Blind": _role("blind", {"Service": "ecs-tasks.amazonaws.com"}, PULL),
        "Tester": _role("tester", {"AWS": "arn:aws:iam::000000000000:user/deployer"}, TESTER),
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


def _until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.3)
    pytest.fail(f"{what} did not happen within {SECONDS} s")


@dataclass
class Poller:
    """A client that asks twice a second, and keeps what it got."""

    probe: Probe
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
        while not self.stop.wait(0.5):
            self.got.append(self.probe.get())


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    if _docker("info").returncode != 0:
        pytest.skip("no Docker engine answers: containers can't be run")
    if _docker("image", "inspect", BASE).returncode != 0 and _docker("pull", BASE).returncode != 0:
        pytest.skip(f"{BASE} can't be had")
    with local_aws_in(tmp_path_factory.mktemp("containers") / "state") as started:
        yield started


@pytest.fixture(scope="module")
def probe(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Probe]:
    client = aws.client("cloudformation")
    client.create_stack(StackName="probe", TemplateBody=_template(), Capabilities=["CAPABILITY_NAMED_IAM"])
    client.get_waiter("stack_create_complete").wait(StackName="probe", WaiterConfig={"Delay": 1})
    outputs = {one["OutputKey"]: one["OutputValue"] for one in client.describe_stacks()["Stacks"][0]["Outputs"]}
    role = "arn:aws:iam::000000000000:role/tester"
    session = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="tester")["Credentials"]
    key = (session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])
    image = f"{outputs['Uri']}:one"
    _push(aws, key, image, tmp_path_factory.mktemp("docker"))
    aws.client("ssm", key).put_parameter(Name="/probe/word", Type="SecureString", Value="!")
    made = Probe(aws.client("ecs", key), image, outputs["Url"])
    yield made
    made.deploy(made.service()["taskDefinition"], count=0)
    _docker("rmi", "--force", image)


def _push(aws: LocalAws, key: tuple[str, str, str], image: str, folder: Path) -> None:
    import base64  # noqa: PLC0415 - used by this one step

    token = aws.client("ecr", key).get_authorization_token()["authorizationData"][0]["authorizationToken"]
    password = base64.b64decode(token).decode().partition(":")[2]
    environment = {**os.environ, "DOCKER_CONFIG": str(folder)}
    login = _docker(
        "login", "--username", "AWS", "--password-stdin", image.partition("/")[0], input=password, env=environment
    )
    assert login.returncode == 0, login.stderr
    assert _docker("tag", BASE, image).returncode == 0
    pushed = _docker("push", "--quiet", image, env=environment)
    assert pushed.returncode == 0, pushed.stderr
    _docker("rmi", image)


@pytest.mark.timeout(600)
def test_a_service_lives_through_good_and_bad_deployments(probe: Probe) -> None:
    probe.deploy(probe.definition("1"))
    _until(lambda: probe.state() == ("COMPLETED", 1), "the first deployment")
    assert probe.get() == (200, "1!"), "the secret was read by the execution role"
    with Poller(probe) as poller:
        probe.deploy(probe.definition("2"))
        _until(lambda: probe.state() == ("COMPLETED", 1) and probe.get() == (200, "2!"), "the second deployment")
        _until(lambda: len(probe.service()["deployments"]) == 1, "the end of the first deployment's task")
        good = probe.service()["taskDefinition"]
        probe.deploy(probe.definition("3", status=500))
        _until(lambda: probe.service()["taskDefinition"] == good, "the roll-back")
        _until(lambda: probe.state() == ("COMPLETED", 1), "the end of the roll-back")
        _until(lambda: len(probe.service()["deployments"]) == 1, "the end of the failed deployment")
    assert {status for status, _text in poller.got} == {200}, "a client saw a failed request"
    assert poller.got[0] == (200, "1!")
    assert poller.got[-1] == (200, "2!")
    assert any("health checks" in reason for reason in probe.stopped_reasons())


@pytest.mark.timeout(600)
def test_a_role_without_the_right_to_a_secret_starts_nothing(probe: Probe) -> None:
    probe.deploy(probe.definition("4", role="blind"))
    wanted = "is not authorized to perform: ssm:GetParameters"
    _until(lambda: any(wanted in reason for reason in probe.stopped_reasons()), "the refusal")
    probe.deploy(probe.service()["taskDefinition"], count=0)


@pytest.mark.timeout(600)
def test_a_secret_that_is_not_there_is_named(probe: Probe) -> None:
    probe.deploy(probe.definition("5", word="/probe/missing"))
    reason = "unable to retrieve secrets from ssm: invalid parameters: /probe/missing"
    _until(lambda: any(reason in stopped for stopped in probe.stopped_reasons()), "a task that does not start")
