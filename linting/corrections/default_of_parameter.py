"""E9101 to E9999: a rule of ours, unlike cfn-lint's, takes a parameter's default for the value that is deployed.

Whoever deploys may give another, and a default is often there to be replaced: it is a warning.
"""

import re
from dataclasses import replace

from lint_rules.model.wording import BY_DEFAULT
from linting.corrections.document import Document
from reporting.findings import Finding, Severity

IDS: tuple[str, ...] = ()
OWN = re.compile("E9[1-9]")


def corrected(finding: Finding, document: Document) -> Finding | None:
    value = document.at(finding.place) if OWN.match(finding.id) else None
    name = value.get("Ref") if isinstance(value, dict) else None
    parameter = document.at(f"Parameters/{name}") if isinstance(name, str) else None
    if not isinstance(parameter, dict) or "Default" not in parameter or "Type" not in parameter:
        return _weaker(finding, finding.sentence) if BY_DEFAULT in finding.sentence else finding
    sentence = finding.sentence.replace(BY_DEFAULT, "").rstrip(".")
    return _weaker(finding, f"{sentence}, with the default of {name}.")


def _weaker(finding: Finding, sentence: str) -> Finding:
    if finding.severity is not Severity.ERROR:
        return replace(finding, sentence=sentence)
    return replace(finding, id=f"W{finding.id[1:]}", severity=Severity.WARNING, sentence=sentence)
