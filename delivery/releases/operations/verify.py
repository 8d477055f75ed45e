"""Verifies an image as the gate before a deployment does, with the gate's own policy, and shows what it is made of."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from admission import envelope, image_scan, statement
from admission.policy import Point, Policy, judge
from admission.statement import Statement
from admission.variables import NotAdmittedError, attestation_key
from delivery.aws.errors import RefusedByAwsError
from delivery.aws.session import Aws
from delivery.releases.model import deployed_service
from delivery.releases.model.target import Target
from delivery.releases.output.reporter import ReleaseReporter
from reporting.errors import CannotRunError
from reporting.printable import printable
from security_checks import waivers
from security_checks.options import WAIVERS
from settings.root import PROJECT_ROOT

MOST_FINDINGS = 1000
"""Of one answer; an image with more has other worries."""
ABSENT = ("NoSuchKey", "AccessDenied")
"""Without the right to list a bucket, S3 says of an object that is not there that access is denied."""


@dataclass(frozen=True)
class Gate:
    """What the gate of a pipeline was told: its project's variables."""

    variables: Mapping[str, str]

    @property
    def image(self) -> str:
        """Where its images lie, as REGISTRY/REPOSITORY."""
        return self.variables["IMAGE_REPOSITORY"]

    @property
    def repository(self) -> str:
        """The repository's name."""
        return self.image.partition("/")[2]

    def policy(self, tags: Sequence[str]) -> Policy:
        """Return the policy for an image with these tags, one of which is the commit that it was made of."""
        return Policy(
            image=self.image,
            pipeline=self.variables["PIPELINE_NAME"],
            commits=tags,
            required=self.variables["REQUIRED_CHECKS"].split(","),
            base_images=self.variables["BASE_IMAGES"].split(","),
            today=dt.datetime.now(dt.UTC).date(),
        )


def show(target: Target, wanted: str, teller: ReleaseReporter) -> bool:
    """Tell what is attested of an image and what holds of it; return whether all of it does."""
    gate = _gate(target)
    digest, tags = _image(target, gate, wanted)
    image = f"{gate.image}@{digest}"
    teller.fact("image", {"image": image, "tags": list(tags)}, f"{image} ({', '.join(tags) or 'without a tag'})")
    try:
        said = _attested(target.aws, gate, digest, tags)
    except NotAdmittedError as error:
        points: Sequence[Point] = [Point("signature", holds=False, said=str(error))]
    else:
        teller.fact("attestation", _content(said), "\n".join(_provenance(said)))
        signed = Point("signature", holds=True, said=f"signed with {gate.variables['SIGNING_KEY']}.")
        policy = gate.policy(tags)
        points = [signed, *judge(image, said, policy), *_of_scan(target.aws, gate, digest, policy.today)]
    for point in points:
        verdict = "holds" if point.holds else "does not hold"
        teller.fact("point", asdict(point), f"  {verdict:<13}  {point.name}: {printable(point.said)}")
    return all(point.holds for point in points)


def _gate(target: Target) -> Gate:
    stages = target.aws.codepipeline.get_pipeline(name=target.name)["pipeline"]["stages"]
    actions = (action for stage in stages for action in stage["actions"] if action["name"] == "Admit")
    project = next((action.get("configuration", {}).get("ProjectName", "") for action in actions), "")
    if not project:
        raise CannotRunError(
            f"{target.name}: it has no action Admit, so that nothing is attested; set `required = true` in "
            f"[services.admission] of config/system.toml, and deploy it with {target.deploy_command()}."
        )
    (found,) = target.aws.codebuild.batch_get_projects(names=[project])["projects"]
    return Gate({one["name"]: one["value"] for one in found["environment"]["environmentVariables"]})


def _image(target: Target, gate: Gate, wanted: str) -> tuple[str, Sequence[str]]:
    """Return digest and tags of the image that is meant."""
    name = wanted or _running(target)
    repository, _, digest = name.rpartition("@")
    if not digest.startswith("sha256:"):
        repository, _, tag = name.rpartition(":")
        key = {"imageTag": tag}
    else:
        key = {"imageDigest": digest}
    if repository not in ("", gate.image, gate.repository):
        raise CannotRunError(f"IMAGE: found {name!r}; allowed are images of {gate.image}: a digest, a tag, or both.")
    try:
        found = target.aws.ecr.describe_images(repositoryName=gate.repository, imageIds=[key])["imageDetails"]  # type: ignore[list-item]
    except RefusedByAwsError as refusal:
        if refusal.code not in ("ImageNotFoundException", "InvalidParameterException"):
            raise
        found = []
    if not found:
        raise CannotRunError(
            f"IMAGE: there is no {name!r} in {gate.image}; allowed: a digest or a tag of an image there."
        )
    tags = found[0].get("imageTags", [])
    # The one that was asked for first: two commits may have made the same image.
    return found[0]["imageDigest"], sorted(tags, key=lambda tag: tag != key.get("imageTag"))


def _running(target: Target) -> str:
    running = deployed_service.read(target)
    if running is None or not running.released:
        raise CannotRunError(f"{target.pipeline.service}: no image runs yet; name one with IMAGE, such as its tag.")
    return running.image


def _attested(aws: Aws, gate: Gate, digest: str, tags: Sequence[str]) -> Statement:
    stored = (_stored(aws, gate, attestation_key(gate.variables["ATTESTATION_FOLDER"], digest, tag)) for tag in tags)
    body = next((one for one in stored if one is not None), None)
    if body is None:
        raise NotAdmittedError("the bake has attested nothing of it, or the attestation may not be read.")
    found = envelope.read(body)
    try:
        aws.kms.verify(
            KeyId=gate.variables["SIGNING_KEY"],
            Message=envelope.digest_to_sign(found.payload),
            MessageType="DIGEST",
            Signature=found.signature,
            SigningAlgorithm=envelope.ALGORITHM,
        )
    except RefusedByAwsError as refusal:
        if refusal.code != "KMSInvalidSignatureException":
            raise
        raise NotAdmittedError(f"its signature is not that of {gate.variables['SIGNING_KEY']}: forged.") from refusal
    return statement.read(found.payload)


def _stored(aws: Aws, gate: Gate, key: str) -> bytes | None:
    try:
        return aws.s3.get_object(Bucket=gate.variables["ATTESTATION_BUCKET"], Key=key)["Body"].read()
    except RefusedByAwsError as refusal:
        if refusal.code not in ABSENT:
            raise
        return None


def _of_scan(aws: Aws, gate: Gate, digest: str, today: dt.date) -> Iterator[Point]:
    """Yield what the image's scan has found by now, held against the waivers that lie here."""
    if gate.variables["SEVERITY"] == image_scan.NONE:
        return
    try:
        found: Mapping[str, Any] = aws.ecr.describe_image_scan_findings(
            repositoryName=gate.repository, imageId={"imageDigest": digest}, maxResults=MOST_FINDINGS
        )
    except RefusedByAwsError as refusal:
        if refusal.code != "ScanNotFoundException":
            raise
        found = {}
    limits = image_scan.Limits(gate.variables["SEVERITY"], gate.variables["UNFIXED"] == "refuse")
    accepted = waivers.read(PROJECT_ROOT, WAIVERS, today).valid
    yield from image_scan.judge(found, limits, accepted, gate.variables["SERVICE_FOLDER"])


def _content(said: Statement) -> Mapping[str, object]:
    accepted = [{**asdict(one), "until": one.until.isoformat()} for one in said.waived]
    return {**asdict(said), "waived": accepted}


def _provenance(said: Statement) -> Iterator[str]:
    """Yield what the image is made of, for a person."""
    rows = [
        ("made of", f"{said.repository}, commit {said.commit}"),
        ("made by", f"{said.build}, in execution {said.execution} of {said.pipeline}"),
        ("base image", said.base_image or "unknown"),
        *(("check", f"{one.action} {one.status} ({one.build or 'no build'})") for one in said.checks),
        *(("accepted", f"{one.check} {one.id} at {one.place}, until {one.until}") for one in said.waived),
        *(("input", f"{path} {digest}") for path, digest in said.inputs.items()),
        *(("report", f"{path} {digest}") for path, digest in said.reports.items()),
    ]
    for name, value in rows:
        yield f"  {name:<13}  {printable(value)}"
