"""What tests ask a running local AWS about its ledger."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from local_aws.process.control_client import EVALUATE_PATH, LEDGER_PATH, Answer, ask
from local_aws.process.server_record import StateFolder
from tests.local_aws_fixture import LocalAws

ACCOUNT, REGION = "000000000000", "ca-central-1"


def asked(aws: LocalAws, path: str, body: Any, **more: Any) -> Answer:
    running = StateFolder(aws.state_folder).read()
    assert running is not None
    answer = ask(aws.port, path, **{"method": "POST", "token": running.token, "body": body, **more})
    assert answer is not None
    return answer


def calls(aws: LocalAws, **wanted: Any) -> list[Any]:
    answer = asked(aws, LEDGER_PATH, wanted)
    assert answer.status == HTTPStatus.OK
    return list(answer.members["calls"])


def evaluated(aws: LocalAws, **request: Any) -> Any:
    answer = asked(aws, EVALUATE_PATH, request)
    assert answer.status == HTTPStatus.OK, answer
    return answer.members


def made_by(aws: LocalAws, act: Callable[[], object], principal: str) -> list[Any]:
    """Return the decisions on ``principal`` that came of ``act``."""
    before = len(calls(aws, principal=principal))
    act()
    return calls(aws, principal=principal)[before:]


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"
