"""``python3 -m admission admit``: refuses to deploy anything but what the bake attested and the policy allows."""

import argparse
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from admission import aws_cli, envelope, image_scan, statement
from admission.policy import Point, Policy, digest_of, image_to_deploy, judge
from admission.variables import NotAdmittedError, attestation_place, value
from reporting.exit_codes import ExitCode
from reporting.printable import printable
from security_checks import waivers
from security_checks.options import WAIVERS

IMAGE_FILE = "imagedefinitions.json"


def main(words: Sequence[str]) -> ExitCode:
    """Say of each point whether it holds; exit code 1 where one does not."""
    argparse.ArgumentParser(
        prog="admission admit", description="Refuse what the bake did not attest, or the policy does not allow."
    ).parse_args(words)
    try:
        refused = [point.said for point in _told() if not point.holds]
    except NotAdmittedError as error:
        refused = [str(error)]
        print(f"refused  {printable(str(error))}")
    for sentence in refused:
        print(f"admission: not admitted: {printable(sentence)}")
    return ExitCode.FINDINGS if refused else ExitCode.CLEAN


def _told() -> Iterator[Point]:
    for point in _points():
        print(f"{'holds' if point.holds else 'refused':<8} {point.name}: {printable(point.said)}")
        yield point


def _points() -> Iterator[Point]:
    key = value("SIGNING_KEY")
    definitions = Path(value("CODEBUILD_SRC_DIR_imageDefinition")) / IMAGE_FILE
    if not definitions.is_file():
        raise NotAdmittedError(f"the bake passed on no {IMAGE_FILE}.")
    image = image_to_deploy(definitions.read_text("utf-8", "replace"), value("CONTAINER_NAME"))
    digest = digest_of(image)
    with ThreadPoolExecutor() as pool:
        going_back = pool.submit(_is_going_back, value("PIPELINE_NAME"), value("PIPELINE_EXECUTION"))
        scan = pool.submit(_scanned, value("SEVERITY"), value("IMAGE_REPOSITORY").partition("/")[2], digest)
        found = _attested(image, digest, key)
        policy = Policy(
            image=value("IMAGE_REPOSITORY"),
            pipeline=value("PIPELINE_NAME"),
            commits=[value("COMMIT")],
            required=value("REQUIRED_CHECKS").split(","),
            base_images=value("BASE_IMAGES").split(","),
            today=dt.datetime.now(dt.UTC).date(),
            going_back=going_back.result(),
        )
    yield Point("signature", holds=True, said=f"signed with {key}.")
    yield from judge(image, found, policy)
    yield from _of_scan(scan.result(), policy)


def _scanned(severity: str, repository: str, digest: str) -> Mapping[str, Any] | None:
    return None if severity == image_scan.NONE else aws_cli.image_scan(repository, digest)


def _of_scan(scan: Mapping[str, Any] | None, policy: Policy) -> Iterator[Point]:
    if scan is None:
        return
    limits = image_scan.Limits(value("SEVERITY"), value("UNFIXED") == "refuse")
    accepted = waivers.read(Path.cwd(), WAIVERS, policy.today).valid
    for point in image_scan.judge(scan, limits, accepted, value("SERVICE_FOLDER")):
        yield replace(point, holds=point.holds or policy.going_back)


def _attested(image: str, digest: str, key: str) -> statement.Statement:
    text = aws_cli.get_object(*attestation_place(digest, value("COMMIT")))
    if text is None:
        raise NotAdmittedError(
            f"the bake has attested nothing of {image} for commit {value('COMMIT')}: it was pushed by hand, or its "
            "bake ended before it was signed; delete that image from its repository, or release another commit."
        )
    found = envelope.read(text)
    if not aws_cli.is_signed(key, envelope.digest_to_sign(found.payload), found.signature):
        raise NotAdmittedError(f"the signature of the attestation of {image} is not that of {key}: it was forged.")
    return statement.read(found.payload)


def _is_going_back(pipeline: str, execution: str) -> bool:
    """Return whether the execution goes back to what ran before, which was admitted then."""
    found = aws_cli.ask(
        *("codepipeline", "get-pipeline-execution", "--pipeline-name", pipeline),
        *("--pipeline-execution-id", execution),
    )
    return bool(found["pipelineExecution"].get("executionType") == "ROLLBACK")
