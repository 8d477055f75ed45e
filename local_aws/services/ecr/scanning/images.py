"""Images of the registry as scans see them: their packages, and the SBOM that Inspector makes of one.

https://cyclonedx.org/docs/1.5/json/
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

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


def sbom(image: str, scanned: Inspected) -> str:
    """Return the SBOM of ``image``, its name; nothing in it tells when it was made."""
    about = {"type": "container", "name": image, "version": scanned.digest}
    return json.dumps(
        {
            "bomFormat": "CycloneDX",
            "specVersion": "1.5",
            "version": 1,
            "metadata": {"component": about},
            "components": [_component(one) for one in dict.fromkeys(scanned.packages)],
            "vulnerabilities": [
                {
                    "id": one.id,
                    "source": {"name": "OSV", "url": one.url},
                    "ratings": [{"severity": one.severity.lower().replace("undefined", "unknown")}],
                    "description": one.advisory["summary"],
                    "affects": [{"ref": _purl(one.package)}],
                }
                for one in scanned.found
            ],
        },
        indent=2,
    )


def _component(package: Package) -> Mapping[str, Any]:
    purl = _purl(package)
    return {"type": "library", "bom-ref": purl, "name": package.name, "version": package.version, "purl": purl}


def _purl(package: Package) -> str:
    """Return a package's name as https://github.com/package-url/purl-spec has it."""
    system, _, release = package.ecosystem.partition(":")
    kind, rest = {
        "PyPI": ("pypi", ""),
        "Debian": ("deb/debian", f"?distro=debian-{release}"),
        "Alpine": ("apk/alpine", f"?distro=alpine-{release.removeprefix('v')}"),
    }[system]
    name = package.name.lower().replace("_", "-") if system == "PyPI" else package.name
    return f"pkg:{kind}/{quote(name, safe='')}@{quote(package.version, safe='')}{rest}"
