"""Whatever got past the first door is refused by the second one: requests are handed to MiniStack itself here."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.local_aws.attacks.attacker import Attempt, Signer, buckets, parameters, who_am_i
from tests.local_aws.attacks.test_hosts import OWN_PATHS, UNSIGNED
from tests.local_aws.attacks.test_signatures import QUERY, ROOTS, WHOLE_QUERY
from tests.local_aws_fixture import PROJECT_FOLDER

pytestmark = pytest.mark.slow

OWN_KEY = ("LOCALAWSOWN", "the secret of this process")
PROGRAM = """
import asyncio, json, sys
from pathlib import Path
from local_aws.ministack import environment
environment.prepare(port=1, region="ca-central-1", account_id="000000000000", state_folder=Path(sys.argv[1]))
from local_aws.ministack import inner_door
from local_aws.ministack.iam.identity import use_as_only_root
use_as_only_root(*json.loads(sys.argv[2]), "000000000000")
refused = []
application = inner_door.close(lambda action, key, reason: refused.append([action, key, reason]))

async def ask(one):
    scope = {"type": one["type"], "method": one["method"], "path": one["path"], "raw_path": one["path"].encode(),
             "query_string": one["query"].encode(), "http_version": "1.1", "client": ["127.0.0.1", 1],
             "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in one["headers"].items()]}
    sent = []
    async def receive():
        return {"type": "http.request", "body": one["body"].encode(), "more_body": False}
    async def send(message):
        sent.append(message)
    await application(scope, receive, send)
    start = sent[0] if sent else {"type": "nothing"}
    body = b"".join(message.get("body", b"") for message in sent[1:]).decode()
    return [start["type"], start.get("status", 0), body]

async def main():
    print(json.dumps({"answers": [await ask(one) for one in json.load(sys.stdin)], "refused": refused}))

asyncio.run(main())
"""
ROOT = "arn:aws:iam::000000000000:root"
HOSTS = [
    "127.0.0.1:1",
    "attacked.alb.localhost",
    "a.elb.amazonaws.com",
    "a.execute-api.localhost",
    "a.lambda-url.x.localhost",
    "d1.cloudfront.net",
    "files.localhost:1",
]


@dataclass(frozen=True)
class Asked:
    answers: list[list[Any]]
    refused: list[list[str]]


def _asked(folder: Path, attempts: list[Attempt], kind: str = "http") -> Asked:
    def scope(attempt: Attempt) -> dict[str, Any]:
        path, _, query = attempt.target.partition("?")
        headers = {"host": "127.0.0.1:1", **{name.lower(): value for name, value in attempt.headers.items()}}
        words = {"method": attempt.method, "path": path, "query": query, "body": attempt.body.decode()}
        return {"type": kind, "headers": headers, **words}

    done = subprocess.run(
        [sys.executable, "-P", "-c", PROGRAM, str(folder), json.dumps(OWN_KEY)],
        input=json.dumps([scope(attempt) for attempt in attempts]),
        env={**os.environ, "PYTHONPATH": str(PROJECT_FOLDER)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Asked(**json.loads(done.stdout.splitlines()[-1]))


RIGHT = [Signer(OWN_KEY, "sts").in_header(who_am_i(1)), Signer(OWN_KEY, "s3").in_header(buckets(1))]
WRONG = [
    Signer((OWN_KEY[0], "x"), "sts").in_header(who_am_i(1)),
    Signer(OWN_KEY, "sts", -20).in_header(who_am_i(1)),
    Signer((*OWN_KEY, "a token"), "sts").in_header(who_am_i(1)),
    Signer((OWN_KEY[0], "x"), "s3").in_header(buckets(1)),
    Signer((OWN_KEY[0], "x"), "s3").in_query(buckets(1)),
]
OWN_PATHS_SIGNED = [
    Signer(OWN_KEY, "s3").in_header(Attempt(1, method, path))
    for path in OWN_PATHS
    for method in ("GET", "POST", "PUT")
    if path.startswith("/_")
]


def _of_nobody() -> list[Attempt]:
    attempts = [who_am_i(1), parameters(1), buckets(1)]
    for key in ("", *ROOTS):
        for service, attempt in (("sts", who_am_i(1)), ("ssm", parameters(1)), ("s3", buckets(1))):
            queries = [QUERY, WHOLE_QUERY, f"AWSAccessKeyId={key}&Signature=x&Expires=9999999999"]
            attempts += [Attempt(1, attempt.method, f"/?{query.format(key, service)}") for query in queries]
            if key:
                attempts.append(Signer((key, "test"), service).in_header(attempt))
    return attempts


NOBODY = _of_nobody()
ELSEWHERE = [
    Attempt(1, method, target, {"host": host})
    for host in HOSTS
    for target in (UNSIGNED, *OWN_PATHS)
    for method in ("GET", "POST", "PUT", "OPTIONS")
]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """Make all requests in one process."""
    return _asked(tmp_path_factory.mktemp("inner"), [*RIGHT, *WRONG, *NOBODY, *OWN_PATHS_SIGNED, *ELSEWHERE])


def test_only_the_own_key_is_root_and_only_when_it_signs(asked: Asked) -> None:
    answers = asked.answers[: len(RIGHT) + len(WRONG)]
    assert [status for _type, status, _body in answers] == [200] * len(RIGHT) + [403] * len(WRONG)
    assert ROOT in answers[0][2]
    assert [key for _action, key, _reason in asked.refused[: len(WRONG)]] == [OWN_KEY[0]] * len(WRONG)


def test_nobody_else_is_anybody(asked: Asked) -> None:
    begin = len(RIGHT) + len(WRONG)
    for attempt, (_type, status, body) in zip(NOBODY, asked.answers[begin:], strict=False):
        assert 400 <= status < 500, (attempt, status, body)
        assert ROOT not in body
    told = asked.refused[len(WRONG) : len(WRONG) + len(NOBODY)]
    assert len(told) == len(NOBODY), "each refusal is told of"


def test_no_host_and_no_path_of_ministacks_own_is_there(asked: Asked) -> None:
    for attempt, (_type, status, body) in zip(ELSEWHERE, asked.answers[-len(ELSEWHERE) :], strict=True):
        assert 400 <= status < 500, (attempt, status, body)
        assert ROOT not in body
    begin = len(WRONG) + len(NOBODY)
    told = [attempt for attempt in ELSEWHERE if not attempt.target.startswith("/_")]
    assert len(asked.refused[begin:]) == len(told), "each refusal is told of"


def test_a_path_of_ministacks_own_is_not_there_for_the_own_key_either(asked: Asked) -> None:
    begin = len(RIGHT) + len(WRONG) + len(NOBODY)
    for attempt, (_type, status, body) in zip(OWN_PATHS_SIGNED, asked.answers[begin:], strict=False):
        assert (status, body) == (404, ""), attempt


def test_a_websocket_is_closed(tmp_path: Path) -> None:
    attempt = Attempt(1, target="/_aws/execute-api/a/b", headers={"host": "x"})
    assert _asked(tmp_path, [attempt], "websocket").answers == [["websocket.close", 0, ""]]
