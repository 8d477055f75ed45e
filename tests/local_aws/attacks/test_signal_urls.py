"""The URL of a wait condition's handle lets in whoever has it, for a signal to that handle and for nothing else."""

import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from tests.local_aws.attacks.attacker import Attempt
from tests.local_aws.attacks.conftest import Target
from tests.local_aws.cloudformation.stack_driver import StackDriver

pytestmark = pytest.mark.slow

SIGNAL = {"Status": "SUCCESS", "UniqueId": "one", "Data": "made", "Reason": ""}
PREFIX = "/_ministack/cfn-signal/"


@pytest.fixture
def waiting(target: Target) -> Iterator[StackDriver]:
    """Make a stack that waits for a signal to its handle."""
    driver = StackDriver(target.aws)
    condition = {"Handle": {"Ref": "Handle"}, "Timeout": "300", "Count": 1}
    resources = {
        "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
        "Condition": {"Type": "AWS::CloudFormation::WaitCondition", "Properties": condition},
    }
    driver.client.create_stack(StackName=driver.name, TemplateBody=json.dumps({"Resources": resources}))
    yield driver
    driver.client.delete_stack(StackName=driver.name)


def _signal(driver: StackDriver) -> Attempt:
    """Return the signal that the stack waits for."""
    for _ in range(100):
        found = driver.client.describe_stack_resources(StackName=driver.name)["StackResources"]
        urls = [one["PhysicalResourceId"] for one in found if one["LogicalResourceId"] == "Handle"]
        if urls and urls[0].startswith("http"):
            parts = urlsplit(urls[0])
            return Attempt(parts.port or 0, "PUT", parts.path, body=json.dumps(SIGNAL).encode())
        time.sleep(0.05)
    raise AssertionError("there is no handle")


def test_a_signal_to_the_handle_is_taken_once_and_while_it_is_there(waiting: StackDriver) -> None:
    signal = _signal(waiting)
    assert signal.send().status == 200
    assert waiting.rest() == "CREATE_COMPLETE"
    assert "Received SUCCESS signal with UniqueId one" in waiting.reasons()
    assert waiting.delete() == "DELETE_COMPLETE"
    assert signal.send().status == 404


def test_nothing_else_is_taken(waiting: StackDriver) -> None:
    signal = _signal(waiting)
    token = signal.target.removeprefix(PREFIX)
    for target in (
        *(
            PREFIX + other
            for other in ("", "x", token[:-1], f"{token}0", token.upper(), f"{token}/", str(uuid.uuid4()))
        ),
        *(f"{PREFIX}{token}/../../reset", f"{PREFIX}../reset", f"{PREFIX}{token}%2F..%2Freset", f"/{PREFIX}{token}"),
        *(f"/_ministack/cfn-response/{token}", f"/_ministack/{token}", f"/_local-aws/{token}"),
    ):
        assert replace(signal, target=target).send().status in {403, 404}, target
    for method in ("GET", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS"):
        assert replace(signal, method=method).send().status == 404, method
    assert signal.having(origin="https://evil.example").send().status == 404
    assert signal.having(host=f"evil.example:{signal.port}").send().status == 421
    assert signal.having(content_type="application/json").send().status == 403
    assert waiting.client.describe_stacks(StackName=waiting.name)["Stacks"][0]["StackStatus"] == "CREATE_IN_PROGRESS"


def test_what_is_no_signal_is_refused(waiting: StackDriver) -> None:
    signal = _signal(waiting)
    named = [b'{"Status": "DONE", "UniqueId": "x"}', b'{"Status": "SUCCESS"}', b'{"UniqueId": "x"}']
    for body in (b"", b"{", b"[]", b"[" * 10_000, b"\xff", b"{}", *named):
        answer = replace(signal, body=body).send()
        assert (answer.status, list(json.loads(answer.body))) == (400, ["message"]), body


def test_a_large_body_is_not_read(waiting: StackDriver) -> None:
    signal = replace(_signal(waiting), body=b"")
    assert signal.having(content_length=str(1 << 20)).send().status == 413
    unknown = replace(signal, target=f"{PREFIX}{uuid.uuid4()}")
    assert unknown.having(content_length=str(1 << 20)).send().status == 404
