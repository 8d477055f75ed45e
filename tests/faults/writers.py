"""Writers that write as long as they are let, and know what was acknowledged: for the local AWS to be killed beside."""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tests.local_aws_fixture import LocalAws

BUCKET = "faults-bucket"
PARAMETER, OBJECT, STACK = "parameter", "object", "stack"
SECONDS_TO_REST = 60


@dataclass
class Writers:
    """``acknowledged`` holds, by kind and name, what was answered with success last; ``failed`` counts the rest."""

    aws: LocalAws
    acknowledged: dict[tuple[str, str], object] = field(default_factory=dict)
    tried: dict[str, int] = field(default_factory=dict)
    calls: int = 0
    failed: int = 0
    _ending: threading.Event = field(default_factory=threading.Event)

    def prepare(self) -> None:
        """Make what the writers write into."""
        self._create("faults-bucket", {"B": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": BUCKET}}})
        self._rest("faults-bucket")

    @contextmanager
    def writing(self, *, parameters: int, counters: int, objects: int, stacks: int) -> Iterator[None]:
        """Write with so many writers of each kind until the end."""
        kinds: list[Callable[[int], None]] = [*[self._parameters] * parameters, *[self._counters] * counters]
        kinds += [self._objects] * objects + [self._stacks] * stacks
        with ThreadPoolExecutor(len(kinds)) as pool:
            running = [pool.submit(kind, number) for number, kind in enumerate(kinds)]
            try:
                yield
            finally:
                self._ending.set()
                for each in running:
                    each.result()

    def lost(self) -> list[str]:
        """Name all that was acknowledged and is not as it was."""
        ssm, s3 = self.aws.client("ssm"), self.aws.client("s3")
        pages = ssm.get_paginator("get_parameters_by_path").paginate(Path="/faults", Recursive=True)
        there = {(PARAMETER, one["Name"]): one["Value"] for page in pages for one in page["Parameters"]}
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
            there.update({(OBJECT, one["Key"]): one["Size"] for one in page.get("Contents", [])})
        return [
            f"{what} was {known}, and is {there.get(what)}"
            for what, known in self.acknowledged.items()
            if what[0] != STACK and not self._is_kept(what[1], known, there.get(what))
        ]

    def lost_stacks(self) -> list[str]:
        """Wait until all stacks rest; name those that don't, and all that were acknowledged and are not there."""
        client, deadline = self.aws.client("cloudformation"), time.monotonic() + SECONDS_TO_REST
        while True:
            pages = client.get_paginator("describe_stacks").paginate()
            there = {stack["StackName"]: stack["StackStatus"] for page in pages for stack in page["Stacks"]}
            busy = [f"{name} is {status}" for name, status in there.items() if status.endswith("IN_PROGRESS")]
            if not busy or time.monotonic() > deadline:
                break
            time.sleep(0.2)
        wanted = {name: known for (kind, name), known in self.acknowledged.items() if kind == STACK}
        return busy + [
            f"{name} was {known}, and is {there.get(name)}"
            for name, known in wanted.items()
            if known != "unknown" and (name in there) != (known == "created")
        ]

    def _is_kept(self, name: str, known: object, found: object) -> bool:
        """Return whether a value is what was acknowledged; of a counter, also what was tried after that."""
        if name in self.tried and isinstance(known, int):
            return found is not None and known <= int(str(found)) <= self.tried[name]
        return found == known

    def _parameters(self, writer: int) -> None:
        def write(number: int, clients: Callable[[str], Any]) -> None:
            name = f"/faults/{writer}/{number}"
            clients("ssm").put_parameter(Name=name, Value=f"v{number}", Type="String")
            self.acknowledged[PARAMETER, name] = f"v{number}"

        self._repeat(write)

    def _counters(self, writer: int) -> None:
        def write(number: int, clients: Callable[[str], Any]) -> None:
            name = f"/faults/counter/{writer}"
            self.tried[name] = number
            clients("ssm").put_parameter(Name=name, Value=str(number), Type="String", Overwrite=True)
            self.acknowledged[PARAMETER, name] = number

        self._repeat(write)

    def _objects(self, writer: int) -> None:
        def write(number: int, clients: Callable[[str], Any]) -> None:
            # One in two is overwritten, with a content of another length.
            key = f"templates/{writer}/{number // 2}"
            content = b"x" * (1 + number)
            self.acknowledged.pop((OBJECT, key), None)
            clients("s3").put_object(Bucket=BUCKET, Key=key, Body=content)
            self.acknowledged[OBJECT, key] = len(content)

        self._repeat(write)

    def _stacks(self, writer: int) -> None:
        def write(number: int, clients: Callable[[str], Any]) -> None:
            name = f"faults-{writer}-{number}"
            topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}}
            self.acknowledged[STACK, name] = "unknown"
            self._create(name, {"T": topic, "P": _parameter(f"/stacks/{writer}/{number}")}, clients)
            self.acknowledged[STACK, name] = "created"
            if number % 3 == 0:
                self._rest(name)
                self.acknowledged[STACK, name] = "unknown"
                clients("cloudformation").delete_stack(StackName=name)
                self.acknowledged[STACK, name] = "deleted"

        self._repeat(write)

    def _repeat(self, write: Callable[[int, Callable[[str], Any]], None]) -> None:
        clients = _Clients(self.aws)
        number = 0
        while not self._ending.is_set():
            number += 1
            try:
                write(number, clients)
                self.calls += 1
            except (ClientError, BotoCoreError):
                self.failed += 1
                time.sleep(0.05)

    def _create(self, name: str, resources: dict[str, Any], clients: Callable[[str], Any] | None = None) -> None:
        client = (clients or self.aws.client)("cloudformation")
        client.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources}))

    def _rest(self, name: str) -> None:
        client = self.aws.client("cloudformation")
        while client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"].endswith("IN_PROGRESS"):
            time.sleep(0.05)


@dataclass
class _Clients:
    """Clients of one thread, made once."""

    aws: LocalAws
    made: dict[str, Any] = field(default_factory=dict)

    def __call__(self, service: str) -> Any:
        if service not in self.made:
            self.made[service] = self.aws.client(service)
        return self.made[service]


def _parameter(name: str) -> dict[str, Any]:
    properties = {"Name": name, "Type": "String", "Value": uuid.uuid4().hex}
    return {"Type": "AWS::SSM::Parameter", "Properties": properties}
