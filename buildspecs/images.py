"""CodeBuild's curated images: which distribution they are, as far as that is told, and which runtimes they have."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from aws_facts import facts
from aws_facts.codebuild_images import CURATED, curated
from buildspecs.rules.subject import Subject

PACKAGE_MANAGERS = {"yum": "Amazon Linux 2023", "dnf": "Amazon Linux 2023", "apt-get": "Ubuntu", "apt": "Ubuntu"}


def distribution(subject: Subject) -> str:
    """Return the distribution; empty when it is not known, or the commands are written for several.

    Without an image, the package manager tells: of CodeBuild's Amazon Linux images, only those of 2023 are maintained.
    """
    if subject.project.image is not None:
        known = image(subject.project.image)
        return known.distribution if known else ""
    used = {PACKAGE_MANAGERS[simple.program] for _, simple in subject.simple_commands(*PACKAGE_MANAGERS)}
    return used.pop() if len(used) == 1 else ""


_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Image:
    """One image; ``runtimes`` are the versions of each runtime that a buildspec may select."""

    name: str
    distribution: str
    ended: bool
    runtimes: Mapping[str, Sequence[str]]


@cache
def images() -> Mapping[str, Image]:
    """Return the images by their names without ``aws/codebuild/``."""
    return {image.name: image for image in _read()}


def _read() -> Iterator[Image]:
    for one in facts("codebuild_images")["selecting"]:
        for name in one["names"]:
            named = curated(CURATED + name)
            yield Image(name, one["distribution"], named is not None and named.end is not None, one["runtimes"])


def image(name: str | None) -> Image | None:
    """Find a curated image by the name that a project gives; None for others and for none."""
    named = curated(name)
    return images().get(f"{named.family}:{named.tag}".removeprefix(CURATED)) if named else None


def has(versions: Sequence[str], wanted: str) -> bool:
    """Return whether one of ``versions`` is ``wanted``: a version, ``N.x``, or ``latest``."""
    base = wanted.removesuffix(".x")
    return wanted == "latest" or any(one == base or one.startswith(f"{base}.") for one in versions)


def is_installed(runtime: str, version: str) -> bool:
    """Return whether CodeBuild tries to install ``version`` on its images, where they do not have it.

    Not every version of that form is there to be installed.
    https://docs.aws.amazon.com/codebuild/latest/userguide/runtime-versions.html#custom-runtime
    """
    return _NUMBER.sub("N", version) in facts("codebuild_images")["installed"].get(runtime, ())


def newest(runtime: str, known: Image | None = None) -> Sequence[str]:
    """Return the versions of a runtime that an image has, or that any has which is maintained, in their order."""
    among = [known] if known else [one for one in images().values() if not one.ended]
    versions = {version for one in among for version in one.runtimes.get(runtime, ())}
    return sorted(versions, key=lambda version: [int(number) for number in _NUMBER.findall(version)])
