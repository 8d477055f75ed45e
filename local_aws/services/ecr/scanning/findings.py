"""Holds the packages of an image against the advisories of this machine, and tells of what is found.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageScanFindings.html
https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced-events.html
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local_aws.services.advisories import osv
from local_aws.services.ecr.scanning.packages import OS, Package

BASIC, ENHANCED = "BASIC", "ENHANCED"
SEVERITIES = {"LOW": "LOW", "MODERATE": "MEDIUM", "HIGH": "HIGH", "CRITICAL": "CRITICAL"}
"""Of https://ossf.github.io/osv-schema/ as GitHub's advisories have it, to ECR's."""


@dataclass(frozen=True)
class Vulnerability:
    """A package that an advisory is about; ``fixed`` is the version that fixes it, empty where none does."""

    package: Package
    advisory: Mapping[str, Any]
    fixed: str

    @property
    def id(self) -> str:
        """The CVE's, where there is one."""
        ids = [*self.advisory["aliases"], self.advisory["id"]]
        return str(next((one for one in ids if one.startswith("CVE-")), self.advisory["id"]))

    @property
    def severity(self) -> str:
        """ECR's word for it."""
        said = self.advisory.get("database_specific", {}).get("severity", "")
        return SEVERITIES.get(said, "UNDEFINED")

    @property
    def url(self) -> str:
        """The page of the advisory."""
        return f"https://osv.dev/vulnerability/{self.advisory['id']}"

    def basic(self) -> Mapping[str, Any]:
        """Return it as ``ImageScanFinding``."""
        attributes = {"package_name": self.package.name, "package_version": self.package.version}
        return {
            "name": self.id,
            "description": self.advisory["summary"],
            "uri": self.url,
            "severity": self.severity,
            "attributes": [{"key": key, "value": value} for key, value in attributes.items()],
        }

    def enhanced(self) -> Mapping[str, Any]:
        """Return it as ``EnhancedImageScanFinding``."""
        package = {"name": self.package.name, "version": self.package.version, "packageManager": self.package.manager}
        fixed = {"fixedInVersion": self.fixed} if self.fixed else {}
        return {
            "description": self.advisory["details"],
            "exploitAvailable": "NO",
            "fixAvailable": "YES" if self.fixed else "NO",
            "packageVulnerabilityDetails": {
                "vulnerabilityId": self.id,
                "source": "OSV",
                "sourceUrl": self.url,
                "vulnerablePackages": [{**package, **fixed}],
            },
            "severity": self.severity,
            "status": "ACTIVE",
            "title": f"{self.id} - {self.package.name}",
            "type": "PACKAGE_VULNERABILITY",
        }


def seen(packages: Sequence[Package], kind: str) -> Sequence[Package]:
    """Return those of the packages that a scan of this kind sees: a basic one, those of the system alone."""
    return packages if kind == ENHANCED else [one for one in packages if one.manager == OS]


def vulnerabilities(packages: Sequence[Package], kind: str) -> list[Vulnerability]:
    """Return what is known of the packages that a scan of this kind sees."""
    return [
        Vulnerability(package, advisory, next(iter(fixes), ""))
        for package in dict.fromkeys(seen(packages, kind))
        for advisory, fixes in osv.affecting(package.ecosystem, package.source, package.version)
    ]


def described(found: Sequence[Vulnerability], kind: str) -> Mapping[str, Any]:
    """Return ``imageScanFindings`` without its times."""
    counts = Counter(one.severity for one in found)
    if kind == ENHANCED:
        return {"enhancedFindings": [one.enhanced() for one in found], "findingSeverityCounts": counts}
    return {"findings": [one.basic() for one in found], "findingSeverityCounts": counts}


Event = tuple[str, str, Mapping[str, Any]]
"""Source, detail type and detail."""


def events_of(repository: str, image: Mapping[str, Any], scanned: Mapping[str, Any], kind: str) -> Iterator[Event]:
    """Return the events of an image's scan, which is as DescribeImageScanFindings shows it."""
    found, digest, tags = scanned.get("imageScanFindings", {}), image["imageDigest"], image.get("imageTags", [])
    if kind == BASIC:
        detail = {
            "scan-status": "COMPLETE" if found else "FAILED",
            "repository-name": repository,
            "image-digest": digest,
            "image-tags": tags,
            "finding-severity-counts": found.get("findingSeverityCounts", {}),
        }
        yield "aws.ecr", "ECR Image Scan", detail
        return
    where = {"repositoryName": repository, "imageHash": digest, "imageTags": tags}
    resource = {"type": "AWS_ECR_CONTAINER_IMAGE", "details": {"awsEcrContainerImage": where}}
    for one in found.get("enhancedFindings", ()):
        shown = {name: one[name] for name in ("severity", "status", "title", "type", "description")}
        yield "aws.inspector2", "Inspector2 Finding", {**shown, "resources": [resource]}
