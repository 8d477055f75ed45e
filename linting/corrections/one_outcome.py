"""What cfn-lint finds under one outcome of the conditions, which nobody may ever choose, is a warning."""

import re
from collections.abc import Mapping
from dataclasses import replace

from lint_rules.model.wording import UNDER_ONE
from linting.corrections.document import Document, is_decided_later
from reporting.findings import Finding, Severity

IDS: tuple[str, ...] = ()
WHEN = re.compile(r"(?: when)* when condition [\"'].*")
OF_VALUES = re.compile("E(?:11|3|9[1-9])")
"""How the ids begin of rules about values; a branch that nobody chooses may hold anything, but names what is there."""
REQUIRED = " is a required property"
SHARED_NAME = "E3019"
QUOTED = re.compile(r"'(\w+)'")


def corrected(finding: Finding, document: Document) -> Finding | None:
    if finding.severity is not Severity.ERROR or not _depends(finding, document):
        return finding
    sentence = WHEN.sub("", finding.sentence).replace(UNDER_ONE, "").rstrip(".") + UNDER_ONE
    return replace(finding, id=f"W{finding.id[1:]}", severity=Severity.WARNING, sentence=sentence)


def _depends(finding: Finding, document: Document) -> bool:
    in_branch = OF_VALUES.match(finding.id) and "Fn::If" in finding.place.split("/")
    if in_branch or WHEN.search(finding.sentence) or UNDER_ONE in finding.sentence:
        return True
    if finding.sentence.endswith(REQUIRED):
        holder = document.at(finding.place)
        named = QUOTED.findall(finding.sentence)
        return isinstance(holder, Mapping) and any(isinstance(holder.get(name), Mapping) for name in named)
    if finding.id == SHARED_NAME and _is_decided(document.at(finding.place)):
        return True
    names = QUOTED.findall(finding.sentence.rpartition("{")[2])  # none in a sentence that was cut
    return finding.id == SHARED_NAME and any(
        isinstance(one := document.at(f"Resources/{name}"), Mapping) and "Condition" in one
        for name in (*names, *finding.place.split("/")[1:2])
    )


def _is_decided(value: object) -> bool:
    """Check whether a condition decides a name, or the value of one of several properties."""
    return is_decided_later(value) or (isinstance(value, Mapping) and any(map(is_decided_later, value.values())))
