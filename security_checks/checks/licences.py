"""Licences of what the service is made of, as the SBOM has them: each must be one that is allowed.

https://spdx.github.io/spdx-spec/v3.0.1/annexes/spdx-license-expressions/
"""

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from packaging.utils import canonicalize_name

from security_checks.lock_file import pins
from security_checks.results import Finding, NotCheckedError, Seen
from security_checks.source import Source

WORD = re.compile(r"[()]|[^\s()]+")


def holds(expression: str, allowed: AbstractSet[str]) -> bool:
    """Return whether the licences that are allowed, in small letters, are enough; False for what is no expression.

    A licence ``WITH`` an exception is allowed where the two together are.
    """
    words = deque(WORD.findall(expression))
    return _any_of(words, allowed) and not words


def _any_of(words: deque[str], allowed: AbstractSet[str]) -> bool:
    result = _all_of(words, allowed)
    while _taken(words, "OR"):
        result = _all_of(words, allowed) or result
    return result


def _all_of(words: deque[str], allowed: AbstractSet[str]) -> bool:
    result = _one(words, allowed)
    while _taken(words, "AND"):
        result = _one(words, allowed) and result
    return result


def _one(words: deque[str], allowed: AbstractSet[str]) -> bool:
    if _taken(words, "("):
        return _any_of(words, allowed) and _taken(words, ")")
    name = words.popleft() if words else ""
    if _taken(words, "WITH") and words:
        name = f"{name} with {words.popleft()}"
    return name.lower() in allowed


def _taken(words: deque[str], word: str) -> bool:
    if not words or words[0].upper() != word:
        return False
    words.popleft()
    return True


CHECK = "licences"
CLASSIFIER = "License :: "
"""https://pypi.org/classifiers/ has names where SPDX has ids; the last part of one is what is allowed or not."""


def look(source: Source) -> Seen:
    """Hold the licences of all packages against those that are allowed."""
    if not source.lock.is_file():
        return Seen("no requirements.txt in the service's folder", applies=False)
    if not source.sbom.is_file():
        raise NotCheckedError("there is no SBOM to read the licences from.")
    if not source.licences:
        raise NotCheckedError("no licence is named that is allowed.")
    allowed = {one.lower() for one in source.licences}
    lines = {pin.name: pin.line for pin in pins(source.lock)}
    components = json.loads(source.sbom.read_text("utf-8")).get("components", [])
    findings = []
    for one in components:
        found = [*_licences(one)]
        if not found or not all(_allowed(licence, allowed) for licence in found):
            place = source.place(source.lock, lines.get(canonicalize_name(one["name"]), 0))
            licence = " and ".join(found) or "unknown"
            message = f"the licence of {one['name']} {one['version']} is {licence}, which is not among those allowed."
            findings.append(Finding(CHECK, licence, place, message, subject=one.get("purl", "")))
    return Seen(f"licences of {len(components)} packages", findings)


def _licences(component: Mapping[str, Any]) -> Iterator[str]:
    for one in component.get("licenses", ()):
        licence = one.get("license", {})
        text = one.get("expression") or licence.get("id") or licence.get("name")
        if text:
            yield text.rpartition(" :: ")[2] if text.startswith(CLASSIFIER) else text


def _allowed(licence: str, allowed: set[str]) -> bool:
    return licence.lower() in allowed or holds(licence, allowed)
