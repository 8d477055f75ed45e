"""A container gets the credentials of its task's role by the task's token; as nobody, and from elsewhere, nothing."""

import json
import os
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.local_aws.attacks.attacker import Attempt
from tests.local_aws.attacks.conftest import BUCKET, Target
from tests.local_aws.iam.asking import calls
from tests.support.waiting import until

pytestmark = pytest.mark.slow

IMAGE = "public.ecr.aws/docker/library/python:3.13-slim-bookworm"
BRIDGE, LINK = "172.17.0.1", "169.254.170.2"
SECONDS = 60

# What ECS gives is in the environment; nothing else says who asks, where, or of whom.
TASK = f"""
import json, os, signal, sys, time, urllib.request
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
sys.path.insert(0, "/packages")
import boto3, botocore.exceptions
def tried(call):
    try:
        return call()
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
s3 = boto3.client("s3")
told = {{
    "who": tried(lambda: boto3.client("sts").get_caller_identity()["Arn"]),
    "read": tried(lambda: s3.get_object(Bucket="{BUCKET}", Key="page")["Body"].read().decode()),
    "elsewhere": tried(lambda: s3.put_object(Bucket="{BUCKET}", Key="page", Body=b"x")["ETag"]),
    "itself": json.load(urllib.request.urlopen(os.environ["ECS_CONTAINER_METADATA_URI_V4"] + "/task"))["TaskARN"],
    "environment": {{name: value for name, value in os.environ.items() if name.startswith(("AWS_", "ECS_"))}},
}}
s3.put_object(Bucket="{BUCKET}", Key="from-task/told", Body=json.dumps(told).encode())
time.sleep(600)
"""

NOBODY = """
import http.client, json, socket, sys
port, answers = int(sys.argv[1]), []
form = {"Content-Type": "application/x-www-form-urlencoded"}
signed = "AWS4-HMAC-SHA256 Credential=test/20260101/ca-central-1/sts/aws4_request, SignedHeaders=host, Signature=0"
asked = [
    ("POST", "/", form, "Action=GetCallerIdentity&Version=2011-06-15"),
    ("POST", "/", {**form, "Authorization": signed}, "Action=GetCallerIdentity&Version=2011-06-15"),
    ("GET", "/?Action=GetCallerIdentity&X-Amz-Credential=test/x/y/sts/aws4_request", {}, ""),
    ("GET", "/?Action=GetCallerIdentity", {"Host": "x.alb.localhost"}, ""),
    ("GET", "/_alb/attacked/?Action=GetCallerIdentity", {}, ""),
    ("POST", "/_ministack/reset", {}, ""),
    ("GET", "/_local-aws/ledger", {}, ""),
    ("GET", "/v2/credentials/" + sys.argv[2], {}, ""),
    ("GET", "/v2/credentials/" + sys.argv[2], {"Authorization": "x"}, ""),
    ("GET", "/v2/credentials/", {}, ""),
    ("GET", "/v4/0123456789abcdef/task", {}, ""),
    ("GET", "/latest/meta-data/iam/security-credentials/", {}, ""),
    ("GET", "/v2/", {}, ""),
]
for address in sys.argv[3:]:
    for method, path, headers, body in asked:
        connection = http.client.HTTPConnection(address, port, timeout=5)
        try:
            connection.request(method, path, body, {"Host": f"{address}:{port}", **headers})
            answers.append([address, method, path, connection.getresponse().status])
        except OSError as error:
            answers.append([address, method, path, type(error).__name__])
print(json.dumps(answers))
"""


def _docker(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *words], capture_output=True, text=True, check=False, timeout=SECONDS)


@pytest.fixture(scope="module", autouse=True)
def _engine() -> None:
    if _docker("image", "inspect", IMAGE).returncode != 0 and _docker("pull", IMAGE).returncode != 0:
        pytest.skip("no Docker engine answers, or it has no image: containers can't be run")


@pytest.fixture(scope="module")
def task(target: Target) -> Iterator[Any]:
    """Run a task with a role, whose container uses boto3; give the task and what the container told."""
    ecs = target.aws.client("ecs", target.owner)
    site = str(Path(boto3.__file__).parent.parent)
    container = {
        "name": "told",
        "image": IMAGE,
        "command": ["python", "-c", TASK],
        "mountPoints": [{"sourceVolume": "packages", "containerPath": "/packages", "readOnly": True}],
    }
    ecs.register_task_definition(
        family="told",
        networkMode="awsvpc",
        taskRoleArn="arn:aws:iam::000000000000:role/task",
        containerDefinitions=[container],
        volumes=[{"name": "packages", "host": {"sourcePath": site}}],
    )
    started = ecs.run_task(cluster="attacked", taskDefinition="told")["tasks"][0]
    s3 = target.aws.client("s3", target.owner)

    def has_told() -> bool:
        found = s3.list_objects_v2(Bucket=BUCKET, Prefix="from-task/")
        return bool(found["KeyCount"])

    until(has_told, lambda: ecs.describe_tasks(cluster="attacked", tasks=[started["taskArn"]])["tasks"], SECONDS)
    told = json.loads(s3.get_object(Bucket=BUCKET, Key="from-task/told")["Body"].read())
    yield {**started, "told": told}
    ecs.stop_task(cluster="attacked", task=started["taskArn"])


def _credentials(target: Target, task: Any, token: str) -> Attempt:
    path = f"/v2/credentials/{task['taskArn'].rpartition('/')[2]}"
    return Attempt(target.port, target=path).having(authorization=token)


def test_a_tasks_container_acts_as_the_tasks_role_and_as_nothing_more(target: Target, task: Any) -> None:
    told, identifier = task["told"], task["taskArn"].rpartition("/")[2]
    assert told["who"] == f"arn:aws:sts::000000000000:assumed-role/task/{identifier}"
    assert told["itself"] == task["taskArn"]
    assert told["read"] == "AccessDenied"
    assert told["elsewhere"] == "AccessDenied"
    assert told["environment"]["AWS_CONTAINER_CREDENTIALS_FULL_URI"].startswith(f"http://{LINK}:{target.port}/v2/")
    assert not {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} & set(told["environment"])


def test_credentials_are_given_for_the_tasks_token_alone(target: Target, task: Any) -> None:
    token = task["told"]["environment"]["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
    given = json.loads(_credentials(target, task, token).send().body)
    assert given["RoleArn"] == "arn:aws:iam::000000000000:role/task"
    assert set(given) == {"RoleArn", "AccessKeyId", "SecretAccessKey", "Token", "Expiration"}
    for wrong in ("", "x", token[:-1], token + "0", token.upper(), f"Bearer {token}"):
        assert _credentials(target, task, wrong).send().status == 403
    other = {"taskArn": f"arn:aws:ecs:x:y:task/attacked/{uuid.uuid4().hex}"}
    assert _credentials(target, other, token).send().status == 403
    assert _credentials(target, task, token).having(host=f"evil.example:{target.port}").send().status == 421
    refused = [call for call in calls(target.aws) if call["principal"] is None and call["action"] == "sts:AssumeRole"]
    assert len(refused) >= 7


def test_a_container_as_nobody_gets_nothing(target: Target, task: Any) -> None:
    identifier = task["taskArn"].rpartition("/")[2]
    done = _docker("run", "--rm", IMAGE, "python", "-c", NOBODY, str(target.port), identifier, BRIDGE, LINK)
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    assert len(answers) == 26
    for address, method, path, status in answers:
        assert status in {400, 401, 403, 404, 421}, (address, method, path, status)


@pytest.fixture
def neighbour() -> Iterator[str]:
    """Make a network namespace that is wired to this one, as a machine on its network is; give its name."""
    if os.geteuid() != 0:
        pytest.skip("only root makes network namespaces")
    name = f"n{uuid.uuid4().hex[:8]}"
    commands = [
        f"ip netns add {name}",
        f"ip link add {name}a type veth peer name {name}b netns {name}",
        f"ip address add 198.51.100.1/30 dev {name}a",
        f"ip link set {name}a up",
        f"ip -n {name} address add 198.51.100.2/30 dev {name}b",
        f"ip -n {name} link set {name}b up",
        f"ip -n {name} link set lo up",
        f"ip -n {name} route add default via 198.51.100.1",
    ]
    try:
        for command in commands:
            made = subprocess.run(command.split(), capture_output=True, text=True, check=False)
            if made.returncode != 0:
                pytest.skip(f"no network namespaces here: {made.stderr}")
        yield name
    finally:
        subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True)
        subprocess.run(["ip", "link", "delete", f"{name}a"], check=False, capture_output=True)


def test_a_neighbour_on_the_network_finds_every_port_closed(target: Target, task: Any, neighbour: str) -> None:
    identifier = task["taskArn"].rpartition("/")[2]
    for port in target.ports:
        words = ["python3", "-c", NOBODY, str(port), identifier, BRIDGE, LINK, "198.51.100.1"]
        done = subprocess.run(
            ["ip", "netns", "exec", neighbour, *words], capture_output=True, text=True, check=False, timeout=SECONDS
        )
        assert done.returncode == 0, done.stderr
        assert {status for *_words, status in json.loads(done.stdout)} == {"ConnectionRefusedError"}
