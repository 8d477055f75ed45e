"""Reads the packages out of an image of the registry, and scans one by its tag as Inspector does."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local_aws.ministack.adapter import acting_in
from local_aws.services.ecr import operations
from local_aws.services.ecr.blobs import StoredBlobs
from local_aws.services.ecr.scanning.findings import ENHANCED, Vulnerability, vulnerabilities
from local_aws.services.ecr.scanning.packages import Package, UnreadableError, files_of, packages


@dataclass(frozen=True)
class Inspected:
    """An image, its packages (none where they can't be read), and what is known to be vulnerable of them."""

    digest: str
    packages: Sequence[Package]
    found: Sequence[Vulnerability]


def packages_of(blobs: StoredBlobs, repository: str, image: Mapping[str, Any]) -> Sequence[Package]:
    """Return the packages of an image; none where it has no list of them, or can't be read."""
    layers = [layer.get("digest", "") for layer in json.loads(image["imageManifest"]).get("layers", [])]
    files = [blobs.file(repository, digest) for digest in layers]
    try:
        return [] if None in files else list(packages(files_of([file for file in files if file is not None])))
    except UnreadableError:
        return []


def inspected(blobs: StoredBlobs, where: tuple[str, str], repository: str, tag: str) -> Inspected:
    """Scan an image as Inspector does, the packages of languages included; raises ``ServiceError`` without one.

    ``where`` is the account and region of the registry.
    """
    asked = {"repositoryName": repository, "imageId": {"imageTag": tag}}
    with acting_in(*where):
        _, image, _ = operations.image_asked_for(asked, where[0])
    installed = packages_of(blobs, repository, image)
    return Inspected(image["imageDigest"], installed, vulnerabilities(installed, ENHANCED))
