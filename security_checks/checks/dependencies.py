"""Known vulnerabilities of what the lock file installs, by pip-audit.

A service that answers nothing looks like one that knows of nothing. So a package that is known to be vulnerable goes
through the same service first, and each package of the lock file must come back. https://github.com/pypa/pip-audit
"""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from security_checks import programs
from security_checks.lock_file import Pin, pins, without_lock
from security_checks.results import Finding, NotCheckedError, Seen
from security_checks.source import Source

CHECK = "dependencies"
CANARY = ("jinja2", "2.10")
"""Vulnerable since 2019: PYSEC-2019-217."""
SOCKET_SECONDS = "15"
FOUND_OR_SKIPPED = (0, 1)
LONGEST_MESSAGE = 300


def look(source: Source) -> Seen:
    """Ask the advisory service about each package."""
    if not source.lock.is_file():
        return without_lock(source.service)
    wanted = pins(source.lock)
    with tempfile.TemporaryDirectory() as scratch:
        canary = Path(scratch, "canary.txt")
        canary.write_text("==".join(CANARY) + "\n")
        answer = _audited(source, canary, scratch, "--no-deps")
        if not any(one.get("vulns") for one in answer):
            named = " ".join(CANARY)
            raise NotCheckedError(
                f"{source.advisories} knows nothing of {named}, which is vulnerable: it is not a source."
            )
        found = _audited(source, source.lock, scratch)
    _refuse_missing(wanted, found)
    lines = {pin.name: pin for pin in wanted}
    findings = [
        _finding(source, lines[canonicalize_name(one["name"])], vulnerability)
        for one in found
        for vulnerability in one["vulns"]
    ]
    return Seen(f"{len(wanted)} packages, asked of {source.advisories}", findings)


def _audited(source: Source, requirements: Path, scratch: str, *options: str) -> Sequence[Mapping[str, Any]]:
    words = [*programs.module("pip_audit"), "--strict", "--disable-pip", *options]
    words += ["--requirement", str(requirements), "--format", "json", "--progress-spinner", "off"]
    words += ["--vulnerability-service", "osv", "--osv-url", f"{source.advisories}/v1/query"]
    words += ["--timeout", SOCKET_SECONDS, "--cache-dir", scratch]
    found: list[Mapping[str, Any]] = programs.json_of(words, source.time_limit, codes=FOUND_OR_SKIPPED)["dependencies"]
    return found


def _refuse_missing(wanted: Sequence[Pin], found: Sequence[Mapping[str, Any]]) -> None:
    answered = {(canonicalize_name(one["name"]), one["version"]) for one in found if "vulns" in one}
    missing = [pin.name for pin in wanted if (pin.name, pin.version) not in answered]
    if missing:
        raise NotCheckedError(f"{len(missing)} of {len(wanted)} packages were not looked up: {', '.join(missing)}.")


def _finding(source: Source, pin: Pin, vulnerability: Mapping[str, Any]) -> Finding:
    fixed = ", ".join(vulnerability.get("fix_versions") or []) or "no version"
    about = " ".join(str(vulnerability.get("description", "")).split())[:LONGEST_MESSAGE]
    return Finding(
        CHECK,
        vulnerability["id"],
        source.place(source.lock, pin.line),
        f"{pin.name} {pin.version} is vulnerable, fixed in {fixed}: {about}",
        aliases=tuple(vulnerability.get("aliases") or ()),
        subject=f"pkg:pypi/{pin.name}@{pin.version}",
    )
