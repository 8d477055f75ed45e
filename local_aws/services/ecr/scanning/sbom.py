"""The SBOM of an image that Inspector has scanned, with its vulnerabilities, as CycloneDX 1.5.

https://cyclonedx.org/docs/1.5/json/
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from local_aws.services.ecr.scanning.images import Inspected
from local_aws.services.ecr.scanning.packages import Package


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
