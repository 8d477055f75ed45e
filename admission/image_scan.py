"""What ECR's scan found in an image, and which of it the policy lets through.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImageScanFindings.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from admission.policy import Point
from security_checks.waivers import Waiver

CHECK = "image"
NOT_CHECKED = "not-checked"
DONE = ("COMPLETE", "ACTIVE")
"""Of basic scanning, and of enhanced, which goes on for as long as the image is there."""
UNDER_WAY = ("IN_PROGRESS", "PENDING")
SEVERITIES = ("UNDEFINED", "UNTRIAGED", "INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL")
NONE = "NONE"
"""In place of a severity: the scan is not looked at."""
NO_FIX = "NO"


@dataclass(frozen=True)
class Limits:
    """From which severity on a finding refuses the image, and whether it does where nothing fixes it."""

    severity: str
    refuses_unfixed: bool


@dataclass(frozen=True)
class Found:
    """A vulnerability in a package; ``fix`` is YES, NO or PARTIAL, and empty where the scan does not tell."""

    id: str
    package: str
    severity: str
    fix: str = ""


def found_in(answer: Mapping[str, Any]) -> Sequence[Found]:
    """Read the findings of a scan, basic or enhanced."""
    found = answer.get("imageScanFindings", {})
    return [*map(_basic, found.get("findings", [])), *map(_enhanced, found.get("enhancedFindings", []))]


def judge(answer: Mapping[str, Any], limits: Limits, waivers: Sequence[Waiver], place: str) -> Iterator[Point]:
    """Yield what of a scan refuses the image, or is let through; ``place`` is the service's folder, as in waivers."""
    status = answer.get("imageScanStatus", {}).get("status", "")
    if status not in DONE:
        reason = f"{status or 'no scan'}: {answer.get('imageScanStatus', {}).get('description', '')}".rstrip(": ")
        yield _point(NOT_CHECKED, f"its packages were not checked ({reason})", waivers, place)
        return
    serious = [one for one in found_in(answer) if _rank(one.severity) >= _rank(limits.severity)]
    refusing = [one for one in serious if limits.refuses_unfixed or one.fix != NO_FIX]
    for one in refusing:
        fix = {"YES": "there is a fix", "PARTIAL": "there is a fix for a part"}.get(one.fix, "a fix is not known of")
        yield _point(one.id, f"{one.package} has {one.id}, {one.severity}, and {fix}", waivers, place)
    unfixed = len(serious) - len(refusing)
    told = f"{len(found_in(answer))} findings, {len(refusing)} of them {limits.severity} or worse"
    yield Point("scan", holds=True, said=f"{told}; {unfixed} more of that severity have no fix.")


def _point(identifier: str, what: str, waivers: Sequence[Waiver], place: str) -> Point:
    accepted = next((one for one in waivers if one.covers(CHECK, [identifier], place)), None)
    if accepted is not None:
        said = f"{what}; accepted until {accepted.until} by {accepted.who}: {accepted.reason}."
        return Point("scan", holds=True, said=said)
    waiver = f"check {CHECK!r}, id {identifier!r}, place {place!r}"
    said = f"{what}; fix it, or accept it for a time in config/waivers.toml ({waiver})."
    return Point("scan", holds=False, said=said)


def _basic(one: Mapping[str, Any]) -> Found:
    told = {item["key"]: item.get("value", "") for item in one.get("attributes", [])}
    package = f"{told.get('package_name', 'a package')} {told.get('package_version', '')}".strip()
    return Found(one["name"], package, one["severity"])


def _enhanced(one: Mapping[str, Any]) -> Found:
    details = one.get("packageVulnerabilityDetails", {})
    packages = [f"{item['name']} {item.get('version', '')}".strip() for item in details.get("vulnerablePackages", [])]
    identifier = details.get("vulnerabilityId") or one.get("title", "a finding")
    return Found(identifier, ", ".join(packages) or "the image", one["severity"], one.get("fixAvailable", ""))


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)
