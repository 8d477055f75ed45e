"""Somebody who sends requests to ports of this machine byte by byte, signed as botocore signs or in any other way."""

import http.client
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from unittest.mock import patch
from urllib.parse import urlsplit

from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.local_aws_fixture import LocalAws

ACCOUNT, REGION = "000000000000", "ca-central-1"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_refused(self) -> bool:
        """Return whether nothing was done and nothing told."""
        return 400 <= self.status < 500 and b"Arn>" not in self.body and b'"Value"' not in self.body


@dataclass(frozen=True)
class Attempt:
    """A request to a port, before it is signed or after."""

    port: int
    method: str = "GET"
    target: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    address: str = "127.0.0.1"

    def having(self, **headers: str) -> Self:
        """Return the same with other headers, ``_`` standing for a hyphen; an empty value takes one away."""
        changed = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return replace(self, headers={name: value for name, value in changed.items() if value})

    def send(self) -> Answer:
        """Send it; the Host is the address, unless a header says otherwise."""
        connection = http.client.HTTPConnection(self.address, self.port, timeout=20)
        connection.putrequest(self.method, self.target, skip_host=True, skip_accept_encoding=True)
        headers = {"host": f"{self.address}:{self.port}", **{name.lower(): v for name, v in self.headers.items()}}
        if self.body or self.method in {"POST", "PUT"}:
            headers.setdefault("content-length", str(len(self.body)))
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders(self.body)
        got = connection.getresponse()
        answer = Answer(got.status, {name.lower(): value for name, value in got.getheaders()}, got.read())
        connection.close()
        return answer


@dataclass(frozen=True)
class Signer:
    """A key, and when it signs: ``minutes`` from now."""

    key: tuple[str, ...]
    service: str
    minutes: float = 0

    def in_header(self, attempt: Attempt) -> Attempt:
        kind = auth.S3SigV4Auth if self.service == "s3" else auth.SigV4Auth
        request = self._signed(kind(Credentials(*self.key), self.service, REGION), attempt)
        return replace(attempt, headers={**attempt.headers, **dict(request.headers.items())})

    def in_query(self, attempt: Attempt, seconds: int = 60) -> Attempt:
        kind = auth.S3SigV4QueryAuth if self.service == "s3" else auth.SigV4QueryAuth
        request = self._signed(kind(Credentials(*self.key), self.service, REGION, expires=seconds), attempt)
        url = urlsplit(request.url)
        return replace(attempt, target=f"{url.path}?{url.query}")

    def _signed(self, signing: Any, attempt: Attempt) -> Any:
        host = attempt.headers.get("host", f"{attempt.address}:{attempt.port}")
        url = f"http://{host}{attempt.target}"
        request = AWSRequest(attempt.method, url, headers=dict(attempt.headers), data=attempt.body)
        with _at(self.minutes):
            signing.add_auth(request)
        return request


@contextmanager
def _at(minutes: float) -> Iterator[None]:
    moment = datetime.now(UTC) + timedelta(minutes=minutes)
    with patch("botocore.auth.get_current_datetime", lambda *_words, **_more: moment):
        yield


def who_am_i(port: int) -> Attempt:
    """Ask STS, by the Query protocol, who asks: allowed to all that are somebody."""
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    return Attempt(port, "POST", "/", {"content-type": "application/x-www-form-urlencoded"}, body)


def who_am_i_by_url(port: int) -> Attempt:
    """Ask STS the same with all of the question in the URL."""
    return Attempt(port, target="/?Action=GetCallerIdentity&Version=2011-06-15")


def parameters(port: int) -> Attempt:
    """Ask SSM, by JSON, for its parameters."""
    headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "AmazonSSM.DescribeParameters"}
    return Attempt(port, "POST", "/", headers, b'{"MaxResults": 10}')


def buckets(port: int) -> Attempt:
    """Ask S3 for its buckets."""
    return Attempt(port, "GET", "/")


def session(aws: LocalAws, role: str) -> tuple[str, str, str]:
    """Return the key of a session of a role, as the deployer takes it."""
    return aws.session(f"arn:aws:iam::{ACCOUNT}:role/{role}", RoleSessionName="attacked")


def resident_megabytes(pid: int) -> float:
    """Return the memory of a process that is its own, in megabytes."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:  # noqa: PTH123 - a file of the kernel
        values = dict(line.split(":", 1) for line in status)
    return int(values["RssAnon"].split()[0]) / 1024
