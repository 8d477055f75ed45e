"""A stand-in for the AWS around the builds: what a build calls there, kept in memory, with rights to take away."""

import io
import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from local_aws.iam.implied_actions import calls_of
from local_aws.iam.trace import Asked, Refusal
from local_aws.platform.context import Credentials

ACCOUNT = "000000000000"
REGION = "ca-central-1"
OF_ROLE = Credentials("ASIAEXAMPLEEXAMPLE00", "secret/of/the/role", "token-of-the-role", math.inf)


def refused(operation: str, code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


def _denial(action: str, resource: str) -> str:
    principal = f"arn:aws:sts::{ACCOUNT}:assumed-role/builder/AWSCodeBuild-1"
    return f"User: {principal} is not authorized to perform: {action} on resource: {resource}"


@dataclass
class OutsideAws:
    """``denied`` holds actions such as ``ssm:GetParameters``; ``objects`` are S3's by bucket and key."""

    parameters: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    objects: dict[tuple[str, str], bytes] = field(default_factory=dict)
    put_requests: list[Mapping[str, Any]] = field(default_factory=list)
    streams: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def client(self, service: str, _credentials: object) -> "Client":
        return Client(self, service)

    def refusal(self, _credentials: object, asked: Asked) -> Refusal | None:
        denied = next((call.action for call in calls_of(asked.step) if call.action in self.denied), None)
        return Refusal(denied, asked.resource, _denial(denied, asked.resource)) if denied else None


@dataclass
class Client:
    aws: OutsideAws
    service: str

    def __getattr__(self, name: str) -> Callable[..., Any]:
        handler = globals()[f"{self.service}_{name}"]

        def call(**arguments: Any) -> Any:
            action = f"{self.service}:{''.join(part.capitalize() for part in name.split('_'))}"
            with self.aws.lock:
                self.aws.calls.append(action)
                if action in self.aws.denied:
                    raise refused(action, "AccessDeniedException", _denial(action, "*"))
                return handler(self.aws, **arguments)

        return call


def ssm_get_parameters(aws: OutsideAws, Names: list[str], WithDecryption: bool) -> Any:  # noqa: N803, FBT001 - the API's names
    assert WithDecryption
    assert len(Names) <= 10
    known = [name for name in Names if name in aws.parameters]
    return {
        "Parameters": [{"Name": name, "Value": aws.parameters[name], "ARN": f"arn:{name}"} for name in known],
        "InvalidParameters": [name for name in Names if name not in aws.parameters],
    }


def secretsmanager_get_secret_value(aws: OutsideAws, SecretId: str, **version: str) -> Any:  # noqa: N803 - the API's names
    key = ":".join([SecretId, *version.values()])
    if key not in aws.secrets:
        message = "Secrets Manager can't find the specified secret."
        raise refused("GetSecretValue", "ResourceNotFoundException", message)
    return {"SecretString": aws.secrets[key]}


def s3_get_object(aws: OutsideAws, Bucket: str, Key: str, VersionId: str = "") -> Any:  # noqa: N803 - the API's names
    if (Bucket, Key) not in aws.objects:
        raise refused("GetObject", "NoSuchKey", f"The specified key does not exist. {VersionId}".strip())
    return {"Body": io.BytesIO(aws.objects[(Bucket, Key)])}


def s3_put_object(aws: OutsideAws, Bucket: str, Key: str, Body: Any, **more: Any) -> Any:  # noqa: N803 - the API's names
    aws.objects[(Bucket, Key)] = Body if isinstance(Body, bytes) else Body.read()
    aws.put_requests.append({"Bucket": Bucket, "Key": Key, **more})
    return {}


def logs_create_log_group(aws: OutsideAws, logGroupName: str) -> Any:  # noqa: N803 - the API's names
    aws.groups[logGroupName] = "logs"
    return {}


def logs_create_log_stream(aws: OutsideAws, logGroupName: str, logStreamName: str) -> Any:  # noqa: N803 - the API's names
    if logGroupName not in aws.groups:
        raise refused("CreateLogStream", "ResourceNotFoundException", "The specified log group does not exist.")
    aws.streams[(logGroupName, logStreamName)] = []
    return {}


def logs_put_log_events(aws: OutsideAws, logGroupName: str, logStreamName: str, logEvents: Any) -> Any:  # noqa: N803 - the API's names
    assert logEvents
    aws.streams[(logGroupName, logStreamName)] += [event["message"].removesuffix("\n") for event in logEvents]
    return {}


def codebuild_create_report_group(aws: OutsideAws, name: str, type: str, exportConfig: Any) -> Any:  # noqa: A002, N803 - the API's names
    assert exportConfig == {"exportConfigType": "NO_EXPORT"}
    if name in aws.groups:
        raise refused("CreateReportGroup", "ResourceAlreadyExistsException", f"Report group already exists: {name}")
    aws.groups[name] = type
    return {}
