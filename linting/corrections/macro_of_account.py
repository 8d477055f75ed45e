"""What cfn-lint and the validator refuse in a template that a macro of the account rewrites first is a warning.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros.html
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from linting.corrections.document import Document
from reporting.findings import Finding, Severity

IDS: tuple[str, ...] = ()
OF_TEXT = ("E0000", "F0000", "F1101", "E0002")
"""Ids of what is no YAML or JSON, which no macro gets to see."""
OWN = re.compile("[EWI]9[1-9]")
"""How this project's ids begin, which are about properties that macros leave alone."""


def corrected(finding: Finding, document: Document) -> Finding | None:
    if finding.severity is not Severity.ERROR or finding.id in OF_TEXT or OWN.match(finding.id):
        return finding
    macro = next(_macros(document), None)
    if macro is None:
        return finding
    sentence = f"{finding.sentence.rstrip('.')}, unless the macro {macro} makes something else of it."
    return replace(finding, id=f"W{finding.id[1:]}", severity=Severity.WARNING, sentence=sentence)


def _macros(document: Document) -> Iterator[str]:
    """Yield the macros of the whole template that are not AWS's."""
    root = document.root
    named = root.get("Transform") if isinstance(root, dict) else None
    for one in named if isinstance(named, list) else [named]:
        name = one.get("Name") if isinstance(one, dict) else one
        if isinstance(name, str) and not name.startswith("AWS::"):
            yield name
