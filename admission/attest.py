"""``python3 -m admission attest``: says of the image that this build has pushed what it was made of, and signs it."""

import argparse
import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from admission import aws_cli, envelope, statement
from admission.policy import digest_of
from admission.variables import NotAdmittedError, attestation_place, value
from reporting.errors import CannotRunError
from security_checks.checks.dockerfile import last_stage

RESULTS, SBOM = "results.json", "sbom.cdx.json"
"""What the action Secure hands on, and the bake takes beside the source."""
LOCKS = ("requirements.txt",)


def main(words: Sequence[str]) -> None:
    """Write, sign and store the attestation of one image."""
    chosen = _parser().parse_args(words)
    try:
        digest = digest_of(chosen.image)
    except NotAdmittedError as error:
        raise CannotRunError(f"--image: {error}") from error
    key = value("SIGNING_KEY")
    payload = statement.write(_statement(chosen, digest))
    signature = aws_cli.sign(key, envelope.digest_to_sign(payload))
    bucket, place = attestation_place(digest, value("CODEBUILD_RESOLVED_SOURCE_VERSION"))
    aws_cli.put_object(bucket, place, envelope.write(envelope.Envelope.signed(payload, signature, key)))
    print(f"admission: attested {chosen.image}, signed with {key}")


def _statement(chosen: argparse.Namespace, digest: str) -> statement.Statement:
    dockerfile = Path(chosen.dockerfile)
    text = _read(dockerfile)
    arguments = dict(one.split("=", 1) for one in chosen.build_arg if "=" in one)
    reports = Path(value("CODEBUILD_SRC_DIR_securityReports"))
    results = _results(reports / RESULTS)
    inputs = [dockerfile, *(path for name in LOCKS if (path := dockerfile.parent / name).is_file())]
    return statement.Statement(
        image=chosen.image.partition("@")[0],
        digest=digest,
        commit=value("CODEBUILD_RESOLVED_SOURCE_VERSION"),
        repository=value("SOURCE_REPOSITORY"),
        pipeline=value("PIPELINE_NAME"),
        execution=value("PIPELINE_EXECUTION"),
        builder=value("CODEBUILD_BUILD_ARN").replace(":build/", ":project/").rpartition(":")[0],
        build=value("CODEBUILD_BUILD_ID"),
        base_image=last_stage(text.decode("utf-8", "replace"), arguments).base,
        inputs={str(path): _digest(path) for path in inputs},
        checks=list(_checks(value("PIPELINE_NAME"), value("PIPELINE_EXECUTION"), value("CODEBUILD_BUILD_ID"))),
        open_findings=[f"{one['id']} at {one['place']}" for one in _findings(results) if not one["waived_until"]],
        waived=list(_waived(results)),
        reports={name: _digest(reports / name) for name in (RESULTS, SBOM) if (reports / name).is_file()},
    )


def _checks(pipeline: str, execution: str, own_build: str) -> Iterator[statement.Check]:
    """Yield how the actions ended that ran before this one, the latest attempt of each."""
    listed = aws_cli.ask(
        *("codepipeline", "list-action-executions", "--pipeline-name", pipeline),
        *("--filter", f"pipelineExecutionId={execution}"),
    )
    latest: dict[str, statement.Check] = {}
    for one in sorted(listed["actionExecutionDetails"], key=lambda one: str(one["startTime"])):
        build = one.get("output", {}).get("executionResult", {}).get("externalExecutionId", "")
        action = f"{one['stageName']}/{one['actionName']}"
        if build != own_build and one["status"] != "InProgress":
            latest[action] = statement.Check(action, one["status"], build)
    return iter(latest.values())


def _results(path: Path) -> Sequence[Mapping[str, Any]]:
    try:
        found = json.loads(_read(path))
        if isinstance(found, list) and all(isinstance(one["findings"], list) for one in found):
            return found
    except (ValueError, KeyError, TypeError):
        pass
    raise CannotRunError(f"{path}: it is not a list of checks with findings, as `python -m security_checks` writes it.")


def _findings(results: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for result in results:
        yield from result["findings"]


def _waived(results: Sequence[Mapping[str, Any]]) -> Iterator[statement.Waived]:
    for result in results:
        for one in result["findings"]:
            if one["waived_until"]:
                until = dt.date.fromisoformat(one["waived_until"])
                yield statement.Waived(result["check"], one["id"], one["place"], until)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CannotRunError(f"{path}: {error.strerror}; what was made of it can't be attested without it.") from error


def _digest(path: Path) -> str:
    return f"sha256:{hashlib.sha256(_read(path)).hexdigest()}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="admission attest", description="Sign what the image that was just pushed is made of."
    )
    parser.add_argument("--image", required=True, help="the image, as REGISTRY/REPOSITORY@sha256:DIGEST")
    parser.add_argument("--dockerfile", required=True, help="what it was built from")
    parser.add_argument("--build-arg", action="append", default=[], metavar="NAME=VALUE", help="as docker build had it")
    return parser
