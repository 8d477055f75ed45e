"""Whoever signs nothing, wrongly, too late, or for something else, gets nothing; and the ledger tells of it."""

import time
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

import pytest

from tests.local_aws.attacks.attacker import Answer, Attempt, Signer, buckets, parameters, who_am_i, who_am_i_by_url
from tests.local_aws.attacks.conftest import BUCKET, Target
from tests.local_aws.iam.asking import calls

pytestmark = pytest.mark.slow

ASKED: dict[str, Callable[[int], Attempt]] = {"sts": who_am_i, "ssm": parameters, "s3": buckets}
SERVICES = sorted(ASKED)
BY_URL: dict[str, Callable[[int], Attempt]] = {"sts": who_am_i_by_url, "s3": buckets}
ROOTS = ["test", "000000000000", "123456789012", "AKIAIOSFODNN7EXAMPLE"]
QUERY = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={}%2F20260101%2Fca-central-1%2F{}%2Faws4_request"
WHOLE_QUERY = QUERY + "&X-Amz-Date=20260101T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=00"


def _asked(target: Target, service: str) -> Attempt:
    return ASKED[service](target.port)


def _signed(target: Target, signer: Signer) -> list[Attempt]:
    """Give requests to the signer's service, signed in the header and, where that is usual, in the URL."""
    in_header = signer.in_header(_asked(target, signer.service))
    by_url = BY_URL.get(signer.service)
    return [in_header, signer.in_query(by_url(target.port))] if by_url else [in_header]


def _refused(answer: Answer) -> None:
    assert answer.is_refused, (answer.status, answer.body[:300])


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_rightly_signed_is_answered(target: Target, service: str) -> None:
    for attempt in _signed(target, Signer(target.owner, service)):
        assert attempt.send().status == 200


@pytest.mark.parametrize("service", SERVICES)
def test_unsigned_is_refused(target: Target, service: str) -> None:
    _refused(_asked(target, service).send())


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("key", ROOTS)
def test_no_key_is_root(target: Target, service: str, key: str) -> None:
    for attempt in _signed(target, Signer((key, "test"), service)):
        _refused(attempt.send())
    for query in (QUERY, WHOLE_QUERY, f"AWSAccessKeyId={key}&Signature=x&Expires=9999999999"):
        _refused(replace(_asked(target, service), target=f"/?{query.format(key, service)}").send())


@pytest.mark.parametrize("service", SERVICES)
def test_a_wrong_secret_and_a_wrong_token_are_refused(target: Target, service: str) -> None:
    key, secret, token = target.owner
    for wrong in ((key, "x" * 40, token), (key, secret), (key, secret, token[:-1] + "!"), (secret, key, token)):
        for attempt in _signed(target, Signer(wrong, service)):
            _refused(attempt.send())


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("minutes", [-16, -60 * 24, 16, 60 * 24 * 365])
def test_what_was_signed_at_another_time_is_refused(target: Target, service: str, minutes: float) -> None:
    for attempt in _signed(target, Signer(target.owner, service, minutes)):
        _refused(attempt.send())


def test_a_url_is_good_until_it_expires_and_no_longer(target: Target) -> None:
    page = Attempt(target.port, target=f"/{BUCKET}/page")
    assert Signer(target.owner, "s3", -30).in_query(page, 3600).send().body == b"of ours"
    _refused(Signer(target.owner, "s3", -2).in_query(page, 60).send())
    _refused(Signer(target.owner, "s3").in_query(page, 604_801).send())
    _refused(Signer(target.owner, "s3").in_query(page, 0).send())
    extended = Signer(target.owner, "s3", -2).in_query(page, 60)
    _refused(replace(extended, target=extended.target.replace("Expires=60", "Expires=3600")).send())


@pytest.mark.parametrize("service", ["sts", "ssm"])
def test_a_swapped_body_is_refused(target: Target, service: str) -> None:
    signed = Signer(target.owner, service).in_header(_asked(target, service))
    _refused(replace(signed, body=signed.body + b" ").send())
    _refused(replace(signed, body=b"").send())
    covered = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    for declared in (covered, "UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"):
        _refused(replace(signed, body=b"x").having(x_amz_content_sha256=declared).send())
    url = Signer(target.owner, "sts").in_query(who_am_i_by_url(target.port))
    _refused(replace(url, body=b"Action=GetSessionToken&Version=2011-06-15").send())


def test_a_body_whose_hash_was_declared_and_signed_cannot_be_swapped(target: Target) -> None:
    """The hash is what MiniStack alone looks at, and not whether the body has it."""
    put = Attempt(target.port, "PUT", f"/{BUCKET}/swapped", body=b"mine")
    signed = Signer(target.owner, "s3").in_header(put)
    _refused(replace(signed, body=b"evil").send())
    assert signed.send().status == 200
    s3 = target.aws.client("s3", target.owner)
    assert s3.get_object(Bucket=BUCKET, Key="swapped")["Body"].read() == b"mine"


def test_a_signature_for_one_request_is_none_for_another(target: Target) -> None:
    signed = Signer(target.owner, "s3").in_header(Attempt(target.port, target=f"/{BUCKET}/page"))
    for other in (
        replace(signed, method="DELETE"),
        replace(signed, target=f"/{BUCKET}/other"),
        replace(signed, target=f"/{BUCKET}/page?versionId=1"),
        signed.having(host=f"localhost:{target.port}"),
        signed.having(x_amz_acl="public-read"),
        signed.having(x_amz_copy_source=f"/{BUCKET}/swapped"),
    ):
        _refused(other.send())
    other_operation = Signer(target.owner, "ssm").in_header(parameters(target.port))
    _refused(other_operation.having(x_amz_target="AmazonSSM.GetParametersByPath").send())


def test_what_is_not_signed_cannot_be_added(target: Target) -> None:
    """A header that decides what is done is signed, or the request is refused."""
    bare = replace(parameters(target.port), headers={"content-type": "application/x-amz-json-1.1"})
    _refused(Signer(target.owner, "ssm").in_header(bare).having(x_amz_target="AmazonSSM.DescribeParameters").send())


@pytest.mark.parametrize("service", sorted(BY_URL))
def test_two_signatures_are_one_too_many(target: Target, service: str) -> None:
    asked, signer = BY_URL[service](target.port), Signer(target.owner, service)
    url = signer.in_query(asked)
    _refused(signer.in_header(url).send())
    _refused(url.having(authorization="AWS4-HMAC-SHA256 Credential=test/x/y/sts/aws4_request").send())
    for more in ("X-Amz-Credential=test", "x-amz-credential=test", "X-Amz-Signature=00", "x-amz-signature=00"):
        _refused(replace(url, target=f"{url.target}&{more}").send())


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "x",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=",
        "AWS4-HMAC-SHA256 Credential=test, SignedHeaders=host, Signature=0",
        "AWS4-HMAC-SHA256 Credential=//////, SignedHeaders=host, Signature=0",
        "AWS4-HMAC-SHA256 Credential=test/20260101/r/sts/aws4_request, SignedHeaders=, Signature=",
        "AWS4-HMAC-SHA256 " + "Credential=test/," * 400,
        "AWS4-ECDSA-P256-SHA256 Credential=test/20260101/sts/aws4_request, SignedHeaders=host, Signature=0",
        "AWS test:AAAA",
        "Basic dGVzdDp0ZXN0",
        "Bearer test",
        "\x80\xff",
    ],
)
@pytest.mark.parametrize("service", SERVICES)
def test_an_odd_authorization_is_none(target: Target, service: str, authorization: str) -> None:
    attempt = _asked(target, service).having(authorization=authorization, x_amz_date="20260101T000000Z")
    _refused(attempt.send())


def test_a_refusal_is_in_the_ledger_with_what_it_claimed(target: Target) -> None:
    key = "AKIAIOSFODNN7LEDGER1"
    Signer((key, "x"), "ssm").in_header(parameters(target.port)).send()
    who_am_i(target.port).send()
    told = [call for call in calls(target.aws) if call["principal"] is None]
    claimed = [call for call in told if call["context"] == {"local-aws:AccessKeyId": key}]
    assert [(one["action"], one["decision"]) for one in claimed] == [("ssm:DescribeParameters", "Deny")]
    assert "security token" in claimed[0]["reason"]
    assert told[-1]["reason"] == "Request is missing Authentication Token"


def test_a_key_with_odd_signs_is_not_written_down(target: Target) -> None:
    odd = quote("AKIA\n{}\"'<x>" + "y" * 5000, safe="")
    _refused(Attempt(target.port, target=f"/?{WHOLE_QUERY.format(odd, 'sts')}").send())
    assert calls(target.aws)[-1]["context"] == {}


LONG = [
    {"authorization": "AWS4-HMAC-SHA256 " + "Credential=test/," * 900},
    {"authorization": "AWS4-HMAC-SHA256 " + "Credential=" * 1300},
    {"authorization": "AWS4-HMAC-SHA256 Credential=" + "/" * 15000},
    {"x-amz-target": "A." * 7500},
    {"x-amz-security-token": "=" * 15000},
    {"content-type": "application/x-www-form-urlencoded;" * 400},
    {"origin": "*" * 15000},
]


@pytest.mark.parametrize("headers", LONG)
def test_what_takes_long_to_read_is_not_read(target: Target, headers: dict[str, str]) -> None:
    for attempt in (who_am_i(target.port), buckets(target.port)):
        began = time.monotonic()
        _refused(replace(attempt, headers={**attempt.headers, **headers}).send())
        assert time.monotonic() - began < 1


@pytest.mark.parametrize("part", ["a/", "%2f", "..%2f", "a.", "&a=b", "X-Amz-Credential=a/"])
def test_a_long_path_and_a_long_query_take_no_time(target: Target, part: str) -> None:
    long = part * (15000 // len(part))
    for path in (f"/{long}", f"/?{long}", f"/v2/{long}", f"/{BUCKET}/{long}"):
        for method in ("GET", "OPTIONS"):
            began = time.monotonic()
            _refused(Attempt(target.port, method, path).having(origin="https://evil.example").send())
            assert time.monotonic() - began < 1
