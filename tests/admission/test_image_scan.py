"""What of a scan's findings refuses an image, and what is said of it."""

import datetime as dt
from typing import Any

import pytest

from admission.image_scan import Limits, judge
from security_checks.waivers import Waiver

CRITICAL, ALL = Limits("CRITICAL", refuses_unfixed=False), Limits("LOW", refuses_unfixed=True)


def basic(name: str, severity: str) -> dict[str, Any]:
    attributes = [{"key": "package_name", "value": "zlib"}, {"key": "package_version", "value": "1.2"}]
    return {"name": name, "severity": severity, "attributes": attributes}


def enhanced(name: str, severity: str, fix: str) -> dict[str, Any]:
    packages = [{"name": "zlib", "version": "1.2"}]
    details = {"vulnerabilityId": name, "vulnerablePackages": packages}
    return {"severity": severity, "fixAvailable": fix, "packageVulnerabilityDetails": details, "title": "t"}


def scan(*, of: str = "findings", found: tuple[dict[str, Any], ...] = (), status: str = "COMPLETE") -> dict[str, Any]:
    return {"imageScanStatus": {"status": status, "description": "words"}, "imageScanFindings": {of: list(found)}}


def refused(answer: dict[str, Any], limits: Limits = CRITICAL, *waivers: Waiver) -> list[str]:
    return [one.said for one in judge(answer, limits, waivers, "web") if not one.holds]


def waiver(identifier: str, place: str = "web") -> Waiver:
    return Waiver("image", identifier, place, "No file is compressed", dt.date(2999, 1, 1), "Ada", "config:1")


@pytest.mark.parametrize(
    ("answer", "limits", "said"),
    [
        (scan(), ALL, ""),
        (scan(found=(basic("CVE-1", "HIGH"),)), CRITICAL, ""),
        (
            scan(found=(basic("CVE-1", "CRITICAL"),)),
            CRITICAL,
            "zlib 1.2 has CVE-1, CRITICAL, and a fix is not known of",
        ),
        (scan(found=(basic("CVE-1", "LOW"),)), ALL, "CVE-1"),
        (scan(found=(basic("CVE-1", "UNDEFINED"),)), ALL, ""),
        (scan(found=(basic("CVE-1", "A-NEW-WORD"),)), CRITICAL, "CVE-1"),
        (scan(of="enhancedFindings", status="ACTIVE", found=(enhanced("CVE-1", "CRITICAL", "NO"),)), CRITICAL, ""),
        (scan(of="enhancedFindings", status="ACTIVE", found=(enhanced("CVE-1", "CRITICAL", "NO"),)), ALL, "CVE-1"),
        (
            scan(of="enhancedFindings", status="ACTIVE", found=(enhanced("CVE-1", "CRITICAL", "YES"),)),
            CRITICAL,
            "zlib 1.2 has CVE-1, CRITICAL, and there is a fix; fix it, or accept it",
        ),
        *(
            (scan(status=status), ALL, f"its packages were not checked ({status}: words)")
            for status in ("UNSUPPORTED_IMAGE", "FAILED", "IN_PROGRESS", "SCAN_ELIGIBILITY_EXPIRED", "LIMIT_EXCEEDED")
        ),
        ({}, ALL, "its packages were not checked (no scan)"),
    ],
)
def test_what_refuses_an_image(answer: dict[str, Any], limits: Limits, said: str) -> None:
    found = refused(answer, limits)
    assert len(found) == bool(said)
    assert said in "".join(found)


def test_a_waiver_lets_its_own_finding_through() -> None:
    answer = scan(found=(basic("CVE-1", "CRITICAL"), basic("CVE-2", "CRITICAL")))
    (left,) = refused(answer, CRITICAL, waiver("CVE-1"))
    assert "CVE-2" in left
    assert len(refused(answer, CRITICAL, waiver("CVE-1", "other"))) == 2
    assert refused(scan(status="UNSUPPORTED_IMAGE"), CRITICAL, waiver("not-checked")) == []
