"""Holds an image and what was attested of it against what may be deployed: the whole policy, without any AWS."""

import datetime as dt
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from admission.statement import Statement
from admission.variables import NotAdmittedError

SUCCEEDED = "Succeeded"
BY_DIGEST = re.compile(r"(?P<image>[^@]+)@(?P<digest>sha256:[0-9a-f]{64})")


@dataclass(frozen=True)
class Policy:
    """What one service's images must be.

    ``image`` is ``REGISTRY/REPOSITORY``; ``required`` are actions such as ``Test/Secure``; ``base_images`` are patterns
    with ``*``. ``commits`` are those of which the image may be made.
    """

    image: str
    pipeline: str
    commits: Sequence[str]
    required: Sequence[str]
    base_images: Sequence[str]
    today: dt.date
    going_back: bool = False
    """Whether a stage is rolled back to what ran before: then an acceptance that ended since is told, and no more."""


@dataclass(frozen=True)
class Point:
    """One thing that was looked at; ``said`` is a sentence either way."""

    name: str
    holds: bool
    said: str


def image_to_deploy(text: str, container: str) -> str:
    """Return what ``imagedefinitions.json`` says of ``container``; raises ``NotAdmittedError`` where it names others.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/file-reference.html
    """
    try:
        found = [(one["name"], one["imageUri"]) for one in json.loads(text)]
    except (ValueError, KeyError, TypeError) as error:
        raise NotAdmittedError("imagedefinitions.json is not a list of name and imageUri.") from error
    if [name for name, _ in found] != [container]:
        names = ", ".join(str(name) for name, _ in found) or "none"
        raise NotAdmittedError(f"imagedefinitions.json names the containers {names}; allowed is {container} alone.")
    return str(found[0][1])


def digest_of(image: str) -> str:
    """Return the digest by which ``image`` is named; raises ``NotAdmittedError`` where it is a tag, which may move."""
    named = BY_DIGEST.fullmatch(image)
    if named is None:
        raise NotAdmittedError(f"{image} is not named by its digest; allowed is REGISTRY/REPOSITORY@sha256:DIGEST.")
    return named["digest"]


def judge(image: str, said: Statement, policy: Policy) -> Iterator[Point]:
    """Yield what holds of ``image``, named by its digest, and what does not; ``said`` has a valid signature."""
    name, _, digest = image.partition("@")
    yield _point("repository", name == policy.image, f"it lies in {name}", f"allowed is {policy.image}")
    attested = f"the attestation is of {said.image}@{said.digest}"
    yield _point("digest", (said.image, said.digest) == (name, digest), attested, f"this is {image}")
    yield _point("pipeline", said.pipeline == policy.pipeline, f"{said.pipeline} made it", f"not {policy.pipeline}")
    wanted = ", ".join(policy.commits) or "unknown"
    yield _point("commit", said.commit in policy.commits, f"it was made of commit {said.commit}", f"this is {wanted}")
    yield from _checks(said, policy)
    yield from _waived(said, policy)
    allowed = any(fnmatchcase(said.base_image, pattern) for pattern in policy.base_images)
    listed = ", ".join(policy.base_images)
    yield _point("base image", allowed, f"its base image is {said.base_image or 'unknown'}", f"allowed are {listed}")


def _checks(said: Statement, policy: Policy) -> Iterator[Point]:
    statuses = {one.action: one.status for one in said.checks}
    for action in policy.required:
        status = statuses.get(action, "nowhere: it was not run")
        yield _point(f"check {action}", status == SUCCEEDED, f"{action} ended {status}", f"it must have {SUCCEEDED}")
    for finding in said.open_findings:
        yield Point("findings", holds=False, said=f"nothing accepts the finding {finding}; fix it, and release again.")


def _waived(said: Statement, policy: Policy) -> Iterator[Point]:
    for one in said.waived:
        what = f"{one.check} {one.id} at {one.place} is accepted until {one.until}"
        ended = one.until < policy.today
        over = "that day is over; fix it, or set a new date in a new commit"
        yield _point("waiver", not ended or policy.going_back, what, over)


def _point(name: str, holds: bool, said: str, otherwise: str) -> Point:  # noqa: FBT001 - one line for each point
    return Point(name, holds, f"{said}." if holds else f"{said}; {otherwise}.")
