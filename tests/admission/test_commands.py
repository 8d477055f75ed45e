"""The bake attests and Admit admits, by the KMS and S3 of the local AWS; everything else is refused."""

import base64
import datetime as dt
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from admission import envelope, statement
from tests.admission.conftest import BASE, COMMIT, IMAGE, Gate
from tests.local_aws.test_image_scans import DEBIAN, STATUS, VULNERABLE, Repository

PUSHED = f"{IMAGE}@sha256:{'a' * 64}"
BY_HAND, OTHER, FORGED = (f"{IMAGE}@sha256:{one * 64}" for one in "bcd")
UNTIL = dt.date(2999, 1, 31)


@pytest.fixture(scope="module")
def gate(made_gate: Gate) -> Gate:
    """Return a gate whose bake has attested one image."""
    accepted = {"id": "CVE-1", "place": "web/requirements.txt", "waived_until": UNTIL.isoformat()}
    results = [{"check": "dependencies", "findings": [accepted]}]
    (made_gate.folder / "reports" / "results.json").write_text(json.dumps(results))
    attested = made_gate.attest(PUSHED)
    assert attested.returncode == 0, attested.stderr
    return made_gate


def place(image: str, commit: str = COMMIT) -> str:
    return f"web/attestatio/{image.partition('@')[2].replace(':', '-')}/{commit}.json"


def stored(gate: Gate) -> dict[str, Any]:
    body = gate.client("s3").get_object(Bucket=gate.bucket, Key=place(PUSHED))["Body"].read()
    found: dict[str, Any] = json.loads(body)
    return found


def store(gate: Gate, text: str, image: str, commit: str = COMMIT) -> None:
    gate.client("s3").put_object(Bucket=gate.bucket, Key=place(image, commit), Body=text.encode())


def test_what_the_bake_attests_is_admitted_and_anybody_can_verify_it(gate: Gate) -> None:
    admitted = gate.admit(PUSHED)
    assert admitted.returncode == 0, admitted.stdout + admitted.stderr
    assert "refused" not in admitted.stdout

    found = envelope.read(json.dumps(stored(gate)))
    public = load_der_public_key(gate.client("kms").get_public_key(KeyId=gate.key)["PublicKey"])
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(found.signature, envelope.digest_to_sign(found.payload), ec.ECDSA(utils.Prehashed(SHA256())))
    made = statement.read(found.payload)
    assert (made.commit, made.base_image, made.execution) == (COMMIT, BASE, gate.execution)
    assert {one.action: one.status for one in made.checks} == {
        "Source/Source": "Succeeded",
        "Build/bake": "Succeeded",
    }
    assert (set(made.inputs), set(made.reports)) == ({"web/Dockerfile"}, {"results.json"})
    assert made.waived == [statement.Waived("dependencies", "CVE-1", "web/requirements.txt", UNTIL)]


def test_another_role_cannot_sign_whatever_its_policy_allows(gate: Gate) -> None:
    done = gate.attest(PUSHED, gate.signer.replace("-bake", "-other"))
    assert done.returncode == 1
    assert "AccessDenied" in done.stderr
    assert "Traceback" not in done.stderr
    with pytest.raises(ClientError, match="AccessDenied"):
        gate.client("kms").sign(
            KeyId=gate.key, Message=b"a" * 32, MessageType="DIGEST", SigningAlgorithm="ECDSA_SHA_256"
        )


def test_an_image_that_was_pushed_by_hand_is_refused(gate: Gate) -> None:
    done = gate.admit(BY_HAND)
    assert done.returncode == 1
    assert f"the bake has attested nothing of {BY_HAND}" in done.stdout


def test_an_attestation_of_an_older_commit_is_refused(gate: Gate) -> None:
    store(gate, json.dumps(stored(gate)), PUSHED, "newer")
    done = gate.admit(PUSHED, COMMIT="newer")
    assert done.returncode == 1
    assert f"it was made of commit {COMMIT}; this is newer." in done.stdout
    assert f"attested nothing of {PUSHED} for commit newest" in gate.admit(PUSHED, COMMIT="newest").stdout


def test_an_attestation_of_another_image_is_refused(gate: Gate) -> None:
    store(gate, json.dumps(stored(gate)), OTHER)
    done = gate.admit(OTHER)
    assert done.returncode == 1
    assert f"the attestation is of {PUSHED}; this is {OTHER}." in done.stdout


def test_a_forged_attestation_is_refused(gate: Gate) -> None:
    made = stored(gate)
    payload = base64.b64decode(made["payload"]).replace(COMMIT.encode(), b"f0rged")
    store(gate, json.dumps({**made, "payload": base64.b64encode(payload).decode()}), FORGED, "f0rged")
    done = gate.admit(FORGED, COMMIT="f0rged")
    assert done.returncode == 1
    assert "it was forged" in done.stdout


def test_an_attestation_by_another_services_key_is_refused(gate: Gate) -> None:
    other = gate.client("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    done = gate.admit(PUSHED, SIGNING_KEY=other)
    assert done.returncode == 1
    assert f"is not that of {other}" in done.stdout


def test_an_image_with_a_vulnerable_package_is_refused_until_that_is_accepted(gate: Gate) -> None:
    repository = Repository(gate.aws)
    image = f"{gate.aws.account_id}.example/{repository.name}"
    pushed = f"{image}@{repository.push({**DEBIAN, STATUS: VULNERABLE})}"
    assert gate.attest(pushed).returncode == 0
    told = {"IMAGE_REPOSITORY": image, "SEVERITY": "CRITICAL"}
    refused = gate.admit(pushed, **told)
    assert refused.returncode == 1
    assert "hello 2.10-3 has REHEARSAL-2026-2, CRITICAL, and a fix is not known of" in refused.stdout
    (gate.folder / "config").mkdir()
    (gate.folder / "config" / "waivers.toml").write_text(
        '[[waivers]]\ncheck = "image"\nid = "REHEARSAL-2026-2"\nplace = "web"\nreason = "Greets nobody"\n'
        f'until = {dt.datetime.now(dt.UTC).date() + dt.timedelta(30)}\nwho = "Ada"\n'
    )
    admitted = gate.admit(pushed, **told)
    assert admitted.returncode == 0, admitted.stdout + admitted.stderr
    assert "by Ada: Greets nobody." in admitted.stdout


def test_what_can_not_be_read_or_asked_is_one_sentence(gate: Gate) -> None:
    for done, said in (
        (gate.attest(f"{IMAGE}:latest"), "not named by its digest"),
        (gate.admit(PUSHED, SIGNING_KEY=""), "SIGNING_KEY has no value"),
        (gate.attest(PUSHED, CODEBUILD_SRC_DIR_securityReports="/nowhere"), "/nowhere/results.json: No such file"),
        (gate.admit(PUSHED, PATH="/nowhere"), "aws: No such file or directory"),
    ):
        assert done.returncode in (1, 2)
        assert said in done.stderr
        assert "Traceback" not in done.stderr
