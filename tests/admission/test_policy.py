"""What may be deployed, point by point, and what the attestation has to be for it."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from admission import envelope, policy, statement
from admission.policy import Policy
from admission.statement import Check, Statement, Waived
from admission.variables import NotAdmittedError

IMAGE, DIGEST = "registry.example/shop", f"sha256:{'a' * 64}"
TODAY = dt.date(2027, 1, 31)
MADE = Statement(
    image=IMAGE,
    digest=DIGEST,
    commit="c0ffee",
    repository="owner/shop",
    pipeline="shop-web",
    execution="e1",
    builder="arn:aws:codebuild:ca-central-1:000000000000:project/shop-web-bake-image",
    build="shop-web-bake-image:1",
    base_image=f"public.example/python:3.13@sha256:{'b' * 64}",
    inputs={"web/Dockerfile": f"sha256:{'d' * 64}"},
    checks=[Check("Test/Test", "Succeeded", "t:1"), Check("Test/Secure", "Succeeded", "s:1")],
    open_findings=[],
    waived=[Waived("dependencies", "CVE-1", "web/requirements.txt", TODAY)],
    reports={"sbom.cdx.json": f"sha256:{'e' * 64}"},
)
ALLOWED = Policy(
    image=IMAGE,
    pipeline="shop-web",
    commits=["c0ffee"],
    required=["Test/Test", "Test/Secure"],
    base_images=["public.example/python:*"],
    today=TODAY,
)


def refused(made: Statement, allowed: Policy = ALLOWED, image: str = f"{IMAGE}@{DIGEST}") -> list[str]:
    return [one.said for one in policy.judge(image, made, allowed) if not one.holds]


def test_what_the_bake_attested_of_this_commit_is_admitted() -> None:
    assert refused(MADE) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"digest": f"sha256:{'f' * 64}"}, "the attestation is of"),
        ({"image": "registry.example/other"}, "the attestation is of registry.example/other"),
        ({"pipeline": "other"}, "other made it; not shop-web"),
        ({"commit": "0lder"}, "it was made of commit 0lder; this is c0ffee"),
        ({"checks": MADE.checks[:1]}, "Test/Secure ended nowhere: it was not run; it must have Succeeded"),
        (
            {"checks": [MADE.checks[0], Check("Test/Secure", "Failed", "s:1")]},
            "Test/Secure ended Failed; it must have Succeeded",
        ),
        ({"open_findings": ["S102 at web/app.py:1"]}, "nothing accepts the finding S102 at web/app.py:1"),
        ({"waived": [Waived("sast", "S1", "a.py", TODAY - dt.timedelta(1))]}, "accepted until 2027-01-30; that day"),
        ({"base_image": "somebody/python:3.13"}, "its base image is somebody/python:3.13; allowed are public.example"),
        ({"base_image": ""}, "its base image is unknown"),
    ],
)
def test_each_point_that_does_not_hold_is_one_sentence(change: dict[str, Any], said: str) -> None:
    (sentence,) = refused(replace(MADE, **change))
    assert said in sentence
    assert sentence.endswith(".")


def test_an_image_of_another_repository_is_refused() -> None:
    made = replace(MADE, image="registry.example/mine")
    assert "it lies in registry.example/mine; allowed is registry.example/shop." in refused(
        made, image=f"registry.example/mine@{DIGEST}"
    )


def test_going_back_is_not_held_up_by_an_acceptance_that_ended_since() -> None:
    made = replace(MADE, waived=[Waived("sast", "S1", "a.py", TODAY - dt.timedelta(1))])
    assert refused(made, replace(ALLOWED, going_back=True)) == []


@pytest.mark.parametrize(
    ("definitions", "said"),
    [
        ("", "not a list of name and imageUri"),
        ("{}", "names the containers none"),
        ("[1]", "not a list of name and imageUri"),
        (json.dumps([{"name": "web", "imageUri": "a"}, {"name": "more", "imageUri": "b"}]), "containers web, more"),
        (json.dumps([{"name": "other", "imageUri": "a"}]), "containers other; allowed is web alone"),
    ],
)
def test_a_file_that_names_other_containers_is_refused(definitions: str, said: str) -> None:
    with pytest.raises(NotAdmittedError, match=said):
        policy.image_to_deploy(definitions, "web")


@pytest.mark.parametrize("image", [IMAGE, f"{IMAGE}:latest", f"{IMAGE}@sha256:short", f"{IMAGE}:1@sha512:{'a' * 64}"])
def test_an_image_that_is_not_named_by_its_digest_is_refused(image: str) -> None:
    with pytest.raises(NotAdmittedError, match="not named by its digest"):
        policy.digest_of(image)


def test_a_statement_is_read_as_it_was_written_and_written_the_same_again() -> None:
    payload = statement.write(MADE)
    assert statement.read(payload) == MADE
    assert statement.write(statement.read(payload)) == payload


def broken(change: Callable[[dict[str, Any]], object]) -> bytes:
    document = json.loads(statement.write(MADE))
    change(document)
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"\xff",
        broken(lambda one: one.update(predicateType="https://example.com/other")),
        broken(lambda one: one.update(subject=[])),
        broken(lambda one: one.update(subject=one["subject"] * 2)),
        broken(lambda one: one["predicate"]["buildDefinition"]["internalParameters"].pop("checks")),
        broken(lambda one: one["predicate"]["runDetails"].update(builder=None)),
    ],
)
def test_what_is_no_statement_of_the_bake_is_refused(payload: bytes) -> None:
    with pytest.raises(NotAdmittedError, match=r"the attestation (holds|is of)"):
        statement.read(payload)


def test_what_is_signed_has_the_type_and_the_length_in_it() -> None:
    kind = "application/vnd.in-toto+json"
    assert envelope.digest_to_sign(b"{}") == hashlib.sha256(f"DSSEv1 {len(kind)} {kind} 2 {{}}".encode()).digest()


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"payloadType":"text/plain","payload":"","signatures":[{"sig":""}]}']
)
def test_what_is_no_envelope_is_refused(text: str) -> None:
    with pytest.raises(NotAdmittedError):
        envelope.read(text)


def test_two_signatures_are_one_too_many() -> None:
    made = json.loads(envelope.write(envelope.Envelope(b"{}", b"s", "k")))
    made["signatures"] *= 2
    with pytest.raises(NotAdmittedError, match="not a DSSE envelope with one signature"):
        envelope.read(json.dumps(made))
